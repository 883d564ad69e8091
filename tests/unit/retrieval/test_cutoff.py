"""How much must speak for a page."""

import pytest

from wagtail_vector_search.retrieval.cutoff import Cutoff, make_cutoff
from wagtail_vector_search.retrieval.generations import ServingGeneration
from wagtail_vector_search.retrieval.keywords import weigh
from wagtail_vector_search.retrieval.prepare import PreparedSearch, QueryLexeme
from wagtail_vector_search.retrieval.results import RankedPage

CUTOFF = Cutoff(background=0.2, title=0.7, best_keyword_score=10.0, threshold=0.375)


def page(page_id, similarity=None, keyword_score=None):
    return RankedPage(page_id, 0.0, similarity, keyword_score)


def prepared(background=0.2, title=0.7, *lexemes):
    generation = ServingGeneration(1, "", {}, 256, 100, background, title)
    return PreparedSearch(generation, tuple(QueryLexeme(text, 1, 3) for text in lexemes), 100, 1000)


def test_noise_is_no_evidence_and_a_title_is_all_of_it():
    assert CUTOFF.evidence(0.2, 0.0) == pytest.approx(0)
    assert CUTOFF.evidence(0.7, 0.0) == pytest.approx(1)


def test_words_are_evidence_by_their_share_of_the_best_score():
    assert CUTOFF.evidence(0.2, 10.0) == pytest.approx(1.5)
    assert CUTOFF.evidence(0.2, 5.0) == pytest.approx(0.75)


def test_a_page_is_kept_from_the_threshold_on():
    near, far = CUTOFF.judge([page(1, 0.2 + 0.5 * 0.38), page(2, 0.2 + 0.5 * 0.37)])
    assert CUTOFF.is_enough(near)
    assert not CUTOFF.is_enough(far)


def test_a_page_that_the_dense_leg_did_not_find_is_no_nearer_than_the_last_it_did():
    *_, unseen = CUTOFF.judge([page(1, 0.6), page(2, 0.3), page(3, None, 1.0)])
    assert unseen.evidence == pytest.approx(CUTOFF.evidence(0.3, 1.0))


def test_without_any_similarity_the_words_decide():
    (only,) = CUTOFF.judge([page(1, None, 10.0)])
    assert only.evidence == pytest.approx(1.5)


def test_the_same_similarity_means_more_where_noise_is_lower():
    quiet, loud = Cutoff(0.1, 0.7, 0, 0.375), Cutoff(0.4, 0.8, 0, 0.375)
    assert quiet.is_enough(quiet.judge([page(1, 0.45)])[0])
    assert not loud.is_enough(loud.judge([page(1, 0.45)])[0])


@pytest.mark.parametrize(("background", "title"), [(None, 0.7), (0.2, None), (0.5, 0.52), (0.7, 0.2)])
def test_without_a_calibration_that_says_something_there_is_none(background, title):
    assert make_cutoff(prepared(background, title), 0.375, dense_only=False) is None


def test_of_a_query_of_stop_words_a_page_need_only_be_nearer_than_noise():
    stop_words = make_cutoff(prepared(), 0.375, dense_only=False)
    a_word = make_cutoff(prepared(0.2, 0.7, "sail"), 0.375, dense_only=False)
    assert stop_words
    assert a_word
    assert (stop_words.threshold, a_word.threshold) == (0.0, 0.375)


def test_it_can_be_turned_off():
    assert make_cutoff(prepared(), 0, dense_only=False) is None


def test_the_best_score_is_that_of_every_word_saturated():
    cutoff = make_cutoff(prepared(0.2, 0.7, "one", "two"), 0.375, dense_only=False)
    assert cutoff
    assert cutoff.best_keyword_score == pytest.approx(2 * 2.2 * weigh(QueryLexeme("one", 1, 3), 100))


def test_nothing_but_to_be_nearer_than_noise_is_asked_where_only_the_dense_leg_speaks():
    cutoff = make_cutoff(prepared(0.2, 0.7, "one"), 0.4, dense_only=True)
    assert cutoff
    assert (cutoff.threshold, cutoff.best_keyword_score) == (0.0, 0.0)
