"""Judgments made in the lab become the file that ``manage.py evaluate_search`` reads."""

import io
import json

import pytest
from django.core.management import call_command

from wagtail_vector_search.admin.lab.judgments import MAX_JUDGMENTS, latest_queries
from wagtail_vector_search.admin.lab.judgments import read_judgments as read_posted
from wagtail_vector_search.evaluation import read_judgments as read_file

pytestmark = pytest.mark.django_db

ODD_QUERIES = (
    "bread, butter",
    'so "called" bread',
    "# not a comment",
    "  white   space\tand\nlines ",
    "semi;colon; and ' quote",
    "面包 和 黄油",
    "=1+1",
    "query,page,grade",
    "-",
)


def judged(page, query="bread", grade="good"):
    return {"query": query, "page": str(page.pk), "grade": grade}


def read(response):
    assert response.status_code == 200
    return read_file(io.BytesIO(response.content))


def test_each_result_can_be_rated_in_each_column(lab, site):
    for result in lab.page("bread").select(".vs-result"):
        group = result.select_one("[role=group]")
        assert result.select_one(".vs-result__title").get_text().strip() in group["aria-label"]
        assert [button["data-vs-grade"] for button in group.select("button")] == ["good", "fair", "bad"]


def test_the_file_is_read_as_it_was_judged(lab, site):
    good, bad = site["Baking bread"], site["Breakfast"]
    response = lab.post("lab_judgments", [judged(good), judged(bad, grade="bad"), judged(bad, "coffee", "fair")])
    assert response["Content-Disposition"] == 'attachment; filename="judgments.csv"'
    found = read(response)
    assert [(query.text, query.grades) for query in found.queries] == [
        ("bread", {good.pk: 2, bad.pk: 0}),
        ("coffee", {bad.pk: 1}),
    ]
    assert not found.left_out


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_any_query_survives_the_file(lab, site, query):
    found = read(lab.post("lab_judgments", [judged(site["Baking bread"], query), judged(site["Breakfast"], "z")]))
    assert [found.text for found in found.queries] == [" ".join(query.split()), "z"]


def test_the_command_evaluates_the_file(lab, site, tmp_path):
    path = tmp_path / "judgments.csv"
    path.write_bytes(lab.post("lab_judgments", [judged(site["Baking bread"])]).content)
    out = io.StringIO()
    call_command("evaluate_search", str(path), "--backend", "hybrid", stdout=out)
    assert "1 judgment" in out.getvalue()


def test_the_last_of_two_grades_for_one_page_counts(lab, site):
    page = site["Baking bread"]
    found = read(lab.post("lab_judgments", [judged(page, grade="bad"), judged(page, grade="good")]))
    assert found.queries[0].grades == {page.pk: 2}


@pytest.mark.parametrize(
    "posted",
    [
        "",
        "no json",
        "{}",
        "[1]",
        "[[]]",
        "null",
        "[" * 100_000,
        json.dumps([{"query": "bread", "page": "x", "grade": "good"}]),
        json.dumps([{"query": "bread", "page": "1", "grade": "best"}]),
        json.dumps([{"query": "bread", "page": "1", "grade": ["good"]}]),
        json.dumps([{"query": " ", "page": "1", "grade": "good"}]),
        json.dumps([{"query": 1, "page": "1", "grade": "good"}]),
        json.dumps([{"query": "bread", "page": True, "grade": "good"}]),
        json.dumps([{"query": "bread", "page": "9" * 5000, "grade": "good"}]),
        json.dumps([{"query": "bread", "page": 1, "grade": "good"}]),
        json.dumps([{"query": "bread", "grade": "good"}]),
    ],
    ids=lambda posted: posted[:40],
)
@pytest.mark.parametrize("place", ["lab_judgments", "lab_figures"])
def test_nonsense_instead_of_ratings_is_refused_without_an_error(lab, site, posted, place):
    response = lab.post(place, posted)
    assert response.status_code == (400 if place == "lab_judgments" else 200)
    assert b"The ratings cannot be read." in response.content


def test_a_key_that_no_page_can_have_counts_like_a_deleted_page(lab, site):
    entries = [judged(site["Baking bread"]), {"query": "bread", "page": str(2**70), "grade": "good"}]
    assert "1 rating does not count" in lab.post("lab_figures", entries).content.decode()


def test_no_rating_makes_no_file(lab, site):
    response = lab.post("lab_judgments", [])
    assert (response.status_code, response.content) == (400, b"Nothing has been rated yet.")


def test_a_file_has_an_upper_bound_of_ratings(lab, site):
    entries = [{"query": f"q{number}", "page": "1", "grade": "good"} for number in range(MAX_JUDGMENTS + 1)]
    assert len(read_posted(json.dumps(entries[:-1]))) == MAX_JUDGMENTS
    assert lab.post("lab_judgments", entries).status_code == 400


def test_the_queries_rated_last_are_kept():
    entries = [{"query": query, "page": "1", "grade": "good"} for query in ("a", "b", "c")]
    again = {"query": "a", "page": "2", "grade": "bad"}
    kept = latest_queries(read_posted(json.dumps([*entries, again])), 2)
    assert [(judgment.query, judgment.page) for judgment in kept] == [("a", 1), ("c", 1), ("a", 2)]


def test_ratings_are_not_stored(lab, site, statements):
    with statements() as captured:
        lab.post("lab_judgments", [judged(site["Baking bread"])])
    writes = [query["sql"] for query in captured.captured_queries if query["sql"].startswith(("INSERT", "UPDATE"))]
    assert not writes
    assert "judgments" not in dict(lab.client.session)


def test_results_of_another_visitor_cannot_be_rated(lab, lab_user, site):
    page = lab.page("bread", user=lab_user.username)
    assert page.select(".vs-result")
    assert not page.select("[data-vs-judge]")
    assert "You can only rate what anyone can find." in page.get_text()
