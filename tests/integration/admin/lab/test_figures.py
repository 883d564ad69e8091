"""How well each search backend does on the judgments made so far."""

from io import StringIO

import pytest
from bs4 import BeautifulSoup

from wagtail_vector_search.admin.lab import judgments as judgments_module
from wagtail_vector_search.evaluation import evaluate, read_judgments
from wagtail_vector_search.providers.deterministic import DeterministicProvider

from .conftest import text_of
from .test_judgments import judged

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(lab):
    def post(judgments, by=lab):
        response = by.post("lab_figures", judgments)
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    return post


def rows(chart):
    return {row.select_one("code").get_text(): row for row in chart.select("tbody tr")}


def width(chart, backend):
    return rows(chart)[backend].select_one(".vs-bar__part")["width"]


def test_every_search_backend_has_its_bar_and_its_number(figures, site):
    found = rows(figures([judged(site["Baking bread"], "bread from the oven")]))
    assert list(found) == ["default", "hybrid", "semantic", "keyword"]
    for row in found.values():
        width = row.select_one(".vs-bar__part")["width"]
        assert f"{width} %" in text_of(row)
    assert found["keyword"].select_one(".vs-bar__part")["width"] == "100"


def test_a_page_that_comes_later_lowers_the_number(figures, site):
    query = "flour water salt bread oven"
    assert width(figures([judged(site["Baking bread"], query)]), "keyword") == "100"
    assert width(figures([judged(site["Breakfast"], query)]), "keyword") == "63"  # 1 / log2(3)


def best(chart):
    """Return the backends that are called the best, in words and by their style."""
    found = {name for name, row in rows(chart).items() if "best" in text_of(row)}
    assert found == {name for name, row in rows(chart).items() if "vs-figures__best" in row.get("class", [])}
    return found


def test_the_best_are_named_not_only_coloured(figures, site, monkeypatch):
    monkeypatch.setattr(judgments_module, "ENOUGH_QUERIES", 1)
    chart = figures([judged(site["Breakfast"], "flour water salt bread oven")])
    assert 0 < len(best(chart)) < len(rows(chart))
    highest = max(int(width(chart, name)) for name in rows(chart))
    assert best(chart) == {name for name in rows(chart) if int(width(chart, name)) == highest}


def test_backends_that_all_tie_are_not_called_the_best(figures, site, monkeypatch):
    monkeypatch.setattr(judgments_module, "ENOUGH_QUERIES", 1)
    chart = figures([judged(site["Harbour at dawn"], "rough sea")])
    assert {width(chart, name) for name in rows(chart)} == {"100"}
    assert best(chart) == set()


def test_few_queries_have_no_best(figures, site):
    assert best(figures([judged(site["Breakfast"], "flour water salt bread oven")])) == set()


def test_the_names_of_developers_are_folded(figures, site):
    chart = figures([judged(site["Baking bread"])])
    assert "evaluate_search" in text_of(chart.select_one("details"))
    chart.select_one("details").extract()
    assert "evaluate_search" not in text_of(chart)
    assert "nDCG" not in text_of(chart)


def test_the_figures_are_those_of_the_evaluated_file(figures, lab_of, superuser, site):
    lab = lab_of(superuser)
    judgments = [judged(site["Breakfast"], "bread from the oven"), judged(site["Hidden loaf"], "bread from the oven")]
    chart = figures(judgments, by=lab)
    file = StringIO(lab.post("lab_judgments", judgments).content.decode())
    for scores in evaluate(read_judgments(file)).backends:
        assert width(chart, scores.backend) == str(round(100 * scores.ndcg))


def test_only_pages_that_the_user_may_see_take_part(figures, lab_of, superuser, site):
    """A page in a hidden section takes no place, and a judgment of it counts like one of a page that was deleted."""
    query = "bread zebrafish oven"
    best, hidden = judged(site["Baking bread"], query), judged(site["Hidden loaf"], query, "bad")
    assert width(figures([best]), "keyword") == "100"
    assert width(figures([best], by=lab_of(superuser)), "keyword") == "63"
    missing = {**hidden, "page": "99999999"}
    assert str(figures([best, hidden])) == str(figures([best, missing]))


def test_private_pages_do_not_count(figures, private_site):
    chart = figures([judged(private_site["Baking bread"]), judged(private_site["Breakfast"])])
    assert "1 rating does not count" in text_of(chart)


def test_ratings_without_a_good_or_fair_one_measure_nothing(figures, site):
    chart = figures([judged(site["Baking bread"], grade="bad")])
    assert "No query has a result rated good or fair yet" in text_of(chart)
    assert not chart.select("table")


def test_the_number_of_queries_is_bounded(figures, site, monkeypatch):
    monkeypatch.setattr(judgments_module, "MAX_QUERIES", 2)
    asked: list[str] = []

    def spy(judgments, *args, **options):
        asked.extend(query.text for query in judgments.queries)
        return evaluate(judgments, *args, **options)

    monkeypatch.setattr(judgments_module, "evaluate", spy)
    chart = figures([judged(site["Baking bread"], query) for query in ("one", "two", "three")])
    assert asked == ["two", "three"]
    assert "queries you rated last count here" in text_of(chart)


def test_the_searches_stay_within_the_budget(figures, site, monkeypatch, configure):
    monkeypatch.setattr(DeterministicProvider, "is_local", False)
    configure(QUERY_CALLS_PER_MINUTE_PER_PROCESS=1)
    chart = figures([judged(site["Baking bread"], query) for query in ("bread", "oven", "flour")])
    assert "searches used words only" in text_of(chart)


def test_few_queries_come_with_a_warning(figures, site):
    assert "mostly chance" in text_of(figures([judged(site["Baking bread"])]))
