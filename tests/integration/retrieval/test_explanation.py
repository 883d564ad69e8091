"""Why a page stands where it does."""

import json

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

pytestmark = pytest.mark.django_db


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
        assert sum(word.weight for word in found.words) == pytest.approx(found.keyword_score or 0, rel=1e-4)
        assert [word.weight for word in found.words] == sorted((word.weight for word in found.words), reverse=True)


def test_a_page_that_one_leg_alone_has_found_says_so(site):
    found = {e.page.title: e for e in Page.objects.search("bread", backend="hybrid").explain()}
    assert found["Baking bread"].keyword_rank == 1
    assert found["Stopping loops"].keyword_rank is None
    assert found["Stopping loops"].words == ()


def test_what_speaks_for_each_page_is_told_with_what_is_asked_of_it(site, configure, build_index):
    configure(CUTOFF=0.3)
    build_index()
    for backend, asked in (("hybrid", 0.3), ("semantic", 0.15)):
        shown = Page.objects.search("bread from a hot oven", backend=backend)
        assert [found.cutoff for found in shown.explain()] == [asked] * len(shown)
        assert all(found.evidence >= asked for found in shown.explain())
        assert all(page.evidence < asked for page in shown.ranking.left_out)


def test_without_a_cut_off_no_evidence_is_told(site, configure):
    configure(CUTOFF=0)
    first = Page.objects.search("bread", backend="hybrid").explain()[0]
    assert (first.evidence, first.cutoff) == (None, None)


def test_a_slice_explains_its_own_pages_with_their_rank_in_all(site):
    results = Page.objects.search("bread", backend="hybrid")
    assert [found.rank for found in results[1:3].explain()] == [2, 3]


def test_it_costs_one_statement_more(site, statements):
    results = Page.objects.search("bread", backend="hybrid")
    list(results)
    with statements() as captured:
        results.explain()
    assert captured.count == 1


@pytest.mark.parametrize("backend", ["semantic", "keyword"])
def test_one_leg_alone_is_explained_too(site, backend):
    first = Page.objects.search("bread in the oven", backend=backend).explain()[0]
    assert (first.semantic_rank is None, first.keyword_rank is None) == (backend == "keyword", backend == "semantic")
    assert [word.term for word in first.words] == ["oven", "bread"] or first.words


def test_without_an_index_there_is_nothing_to_explain(articles):
    assert Page.objects.search("bread", backend="hybrid").explain() == []


def test_the_command_prints_it(site, capsys):
    call_command("vector_search", "bread in the oven", "--explain")
    printed = capsys.readouterr().out
    assert "meaning: rank 1" in printed
    assert "words:   rank 1" in printed
    assert "bread" in printed


def test_the_command_prints_it_as_json(site, capsys):
    call_command("vector_search", "bread in the oven", "--explain", "--json")
    first = json.loads(capsys.readouterr().out)["results"][0]
    assert first["explanation"]["semantic_rank"] == 1
    assert set(first["explanation"]["words"]) == {"bread", "oven"}


def test_a_backend_that_explains_nothing_is_an_error(site):
    with pytest.raises(CommandError, match="--explain needs a backend of wagtail_vector_search"):
        call_command("vector_search", "bread", "--explain", "--backend", "default")
