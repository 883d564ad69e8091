"""Relevance feedback: the words that the best pages have in common refine the keyword leg."""

from math import exp, log

import pytest
from wagtail.models import Page

from tests.kept import kept
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.ranking.constants import FEEDBACK_WEIGHT
from wagtail_vector_search.ranking.formulas import feedback_weight, relevances
from wagtail_vector_search.ranking.values import RankedPage
from wagtail_vector_search.retrieval.candidates import find_candidates
from wagtail_vector_search.retrieval.feedback import refine_by_feedback
from wagtail_vector_search.retrieval.keywords import find_by_keywords
from wagtail_vector_search.retrieval.search import prepare_search

pytestmark = pytest.mark.django_db


@pytest.fixture
@kept
def pages(make_article, build_index):
    texts = {
        "Sailing": "A yacht needs wind, a keel and a mast.",
        "Regatta": "Every yacht in the regatta has a keel and a mast.",
        "Keels": "The keel below and the mast above keep it upright.",
        "Bread": "Flour and water.",
        "Wine": "Grapes and time.",
    }
    made = {title: make_article(title, text) for title, text in texts.items()}
    build_index()
    return made


def refine_with_scores(query, pages, scores):
    """Return the scores of the keyword leg after feedback, or ``None``, and before, by title."""
    candidates = find_candidates(Page.objects.all())
    assert candidates
    search = prepare_search(query, candidates, get_index_settings(), "en")
    assert search
    ranked = [RankedPage(pages[title].pk, score) for title, score in scores.items()]
    by_id = {page.pk: title for title, page in pages.items()}
    plain = {by_id[hit.page_id]: hit.score for hit in find_by_keywords(search)}
    refined = refine_by_feedback(ranked, search)
    return refined and {by_id[hit.page_id]: hit.score for hit in refined}, plain


def refine(query, pages, best):
    others = [title for title in pages if title not in best]
    refined, plain = refine_with_scores(
        query, pages, {title: -3.0 * rank for rank, title in enumerate([*best, *others])}
    )
    assert refined is not None
    return refined, plain


def test_a_page_without_the_words_is_found_by_those_of_the_best_pages(pages, monkeypatch):
    monkeypatch.setattr(constants, "FEEDBACK_PAGES", 2)
    refined, plain = refine("yacht", pages, ["Sailing", "Regatta"])
    assert "Keels" not in plain
    assert refined["Keels"] > 0
    assert "Bread" not in refined


def test_a_word_of_one_page_alone_is_not_taken_over(pages, monkeypatch):
    monkeypatch.setattr(constants, "FEEDBACK_PAGES", 2)
    refined, _ = refine("yacht", pages, ["Bread", "Wine"])
    assert set(refined) == {"Sailing", "Regatta"}


def test_the_words_of_the_query_keep_the_greater_share(pages, monkeypatch):
    monkeypatch.setattr(constants, "FEEDBACK_PAGES", 2)
    refined, _ = refine("flour", pages, ["Sailing", "Regatta"])
    assert refined["Bread"] == max(refined.values())


def test_scores_without_feedback_are_those_of_the_leg(pages, monkeypatch):
    monkeypatch.setattr(constants, "FEEDBACK_WEIGHT", 0.0)
    monkeypatch.setattr(constants, "MIN_FEEDBACK_WEIGHT", 0.0)
    refined, plain = refine("keel and mast", pages, ["Sailing", "Regatta"])
    scale = plain["Keels"] / refined["Keels"]
    assert plain == {title: pytest.approx(scale * score, rel=1e-4) for title, score in refined.items()}


def test_nothing_is_refined_where_no_page_has_a_term_of_the_query(pages, statements):
    scores = {title: -float(rank) for rank, title in enumerate(pages)}
    candidates = find_candidates(Page.objects.all())
    assert candidates
    search = prepare_search("zeppelins", candidates, get_index_settings(), "en")
    assert search
    ranked = [RankedPage(pages[title].pk, score) for title, score in scores.items()]
    with statements() as captured:
        assert refine_by_feedback(ranked, search) is None
    assert captured.count == 0


def test_nothing_is_refined_without_a_known_term_however_little_feedback_may_weigh(pages, monkeypatch):
    monkeypatch.setattr(constants, "MIN_FEEDBACK_WEIGHT", 0.0)
    scores = {title: -3.0 * rank for rank, title in enumerate(pages)}
    assert refine_with_scores("zeppelins", pages, scores) == (None, {})


@pytest.mark.parametrize("lead", [0.0, 0.19])
def test_no_page_lends_its_terms_where_none_is_much_better_than_the_next(pages, statements, lead):
    level = dict.fromkeys(pages, 1.0)
    with statements() as captured:
        refined, _ = refine_with_scores("yacht", pages, {**level, "Sailing": 1.0 + lead})
    assert refined is None
    assert not any("WITH shared" in text for text in captured.texts)


def test_the_more_one_page_stands_out_the_more_its_words_count(pages, monkeypatch):
    monkeypatch.setattr(constants, "FEEDBACK_PAGES", 2)

    def borrowed(lead):
        refined, _ = refine_with_scores(
            "yacht", pages, {"Sailing": lead, "Regatta": 0.0, "Keels": -1.0, "Bread": -2.0, "Wine": -3.0}
        )
        return refined["Keels"] / refined["Sailing"]

    assert borrowed(0.3) < borrowed(1.0) < borrowed(4.0)


def test_a_word_that_the_site_does_not_know_takes_no_share_of_the_query(pages):
    with_unknown, _ = refine("yacht zeppelins balloons", pages, ["Sailing", "Regatta"])
    without, _ = refine("yacht", pages, ["Sailing", "Regatta"])
    assert with_unknown == {title: pytest.approx(score) for title, score in without.items()}


def test_the_share_of_feedback_is_how_surely_the_first_page_is_the_best():
    first, second = relevances([log(3.0), 0.0])
    assert feedback_weight([log(3.0), 0.0]) == pytest.approx(FEEDBACK_WEIGHT * (first - second))
    assert feedback_weight([2.0, 2.0]) == 0
    assert feedback_weight([2.0]) == 0
    assert feedback_weight([]) == 0
    assert feedback_weight([50.0, 0.0]) == pytest.approx(FEEDBACK_WEIGHT)


def test_the_best_page_counts_most():
    first, second = relevances([2.0, 1.0])
    assert first / second == pytest.approx(exp(1))
    assert first + second == pytest.approx(1)


def test_the_number_of_shared_terms_that_are_weighed_is_bounded(pages, monkeypatch):
    monkeypatch.setattr(constants, "FEEDBACK_PAGES", 2)
    best = ["Sailing", "Regatta"]
    with_all, _ = refine("wind", pages, best)
    monkeypatch.setattr(constants, "MAX_SHARED_TERMS", 1)
    with_one, _ = refine("wind", pages, best)
    assert set(with_one) == set(with_all) == {*best, "Keels"}
    assert with_all != with_one


def test_three_pages_are_too_few_for_feedback(pages, statements):
    candidates = find_candidates(Page.objects.all())
    assert candidates
    search = prepare_search("yacht", candidates, get_index_settings(), "en")
    assert search
    ranked = [RankedPage(page.pk, -float(rank)) for rank, page in enumerate(list(pages.values())[:3])]
    with statements() as captured:
        assert refine_by_feedback(ranked, search) is None
    assert captured.count == 0
