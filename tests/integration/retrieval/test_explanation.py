"""Why a page stands where it does."""

import json

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def calibrated_site(articles, configure, build_index):
    configure(CUTOFF=0.3)
    build_index()
    return articles


def test_both_legs_are_told_with_rank_and_score(site):
    results = Page.objects.search("bread from a hot oven", backend="hybrid")
    first = results.explain()[0]
    assert first.page.title == "Baking bread"
    assert (first.rank, first.semantic_rank, first.keyword_rank) == (1, 1, 1)
    assert first.similarity > 0.3
    assert first.score == first.page.search_score
    assert first.semantic_weight == 0.55
    assert "bread" in first.passage.text


def test_the_weights_of_the_words_add_up_to_the_keyword_score(site):
    for found in Page.objects.search("rough sea and bread in the harbour", backend="hybrid").explain():
        weights = [matched.weight for matched in found.terms]
        assert sum(weights) == pytest.approx(found.keyword_score or 0, rel=1e-4)
        assert weights == sorted(weights, reverse=True)


def test_a_page_that_one_leg_alone_has_found_says_so(site):
    found = {e.page.title: e for e in Page.objects.search("bread", backend="hybrid").explain()}
    assert found["Baking bread"].keyword_rank == 1
    assert found["Stopping loops"].keyword_rank is None
    assert found["Stopping loops"].terms == ()


def test_the_evidence_for_each_page_is_told_with_the_cut_off(calibrated_site):
    for backend, asked in (("hybrid", 0.3), ("semantic", 0.15)):
        shown = Page.objects.search("bread from a hot oven", backend=backend)
        assert [found.cutoff for found in shown.explain()] == [asked] * len(shown)
        assert all(found.evidence >= asked for found in shown.explain())
        assert all(page.evidence < asked for page in shown.ranking.left_out)


def test_no_evidence_is_told_without_a_cut_off(site, configure):
    configure(CUTOFF=0)
    first = Page.objects.search("bread", backend="hybrid").explain()[0]
    assert (first.evidence, first.cutoff) == (None, None)


def test_a_slice_explains_its_own_pages_with_their_rank_in_all(site):
    results = Page.objects.search("bread", backend="hybrid")
    assert [found.rank for found in results[1:3].explain()] == [2, 3]


def test_an_explanation_costs_one_statement_more(site, statements):
    results = Page.objects.search("bread", backend="hybrid")
    list(results)
    with statements() as captured:
        results.explain()
    assert captured.count == 1


@pytest.mark.parametrize("backend", ["semantic", "keyword"])
def test_one_leg_alone_is_explained_too(site, backend):
    first = Page.objects.search("bread in the oven", backend=backend).explain()[0]
    assert (first.semantic_rank is None, first.keyword_rank is None) == (backend == "keyword", backend == "semantic")
    assert [matched.term for matched in first.terms] == ["oven", "bread"] or first.terms


def test_nothing_is_explained_without_an_index(articles):
    assert Page.objects.search("bread", backend="hybrid").explain() == []


def test_the_command_prints_the_explanation(site, capsys):
    call_command("vector_search", "bread in the oven", "--explain")
    printed = capsys.readouterr().out
    assert "meaning: rank 1" in printed
    assert "words:   rank 1" in printed
    assert "bread" in printed
    assert "idf, computed as log(1 + (N - n + 0.5) / (n + 0.5))" in printed


def test_the_command_prints_the_explanation_as_json(site, capsys):
    call_command("vector_search", "bread in the oven", "--explain", "--json")
    first = json.loads(capsys.readouterr().out)["results"][0]
    assert first["explanation"]["semantic_rank"] == 1
    assert set(first["explanation"]["terms"]) == {"bread", "oven"}


def test_a_backend_that_explains_nothing_is_an_error(site):
    with pytest.raises(CommandError, match="--explain needs a backend of wagtail_vector_search"):
        call_command("vector_search", "bread", "--explain", "--backend", "default")


@pytest.mark.parametrize(
    ("backend", "computed"),
    [("hybrid", ["score", "similarity", "BM25", "idf"]), ("semantic", ["similarity"]), ("keyword", ["BM25", "idf"])],
)
def test_an_explanation_names_the_formulas_of_its_numbers(site, configure, backend, computed):
    configure(CUTOFF=0)
    first = Page.objects.search("bread in the oven", backend=backend).explain()[0]
    assert [formula.partition(", computed as ")[0] for formula in first.formulas] == computed


def test_the_formula_of_evidence_is_named_where_there_is_a_cut_off(calibrated_site):
    *_, last = Page.objects.search("bread from a hot oven", backend="hybrid").explain()[0].formulas
    assert last == (
        "evidence, computed as nearness + 1.5 * coverage + 0.5 * known - 0.2 * log10(rank) - 0.1 * log10(pages / 1000)"
    )
