"""How much evidence a page needs."""

from dataclasses import replace

import pytest

from wagtail_vector_search.generations.serving import ServingGeneration
from wagtail_vector_search.ranking.cutoff import Cutoff, make_cutoff
from wagtail_vector_search.ranking.formulas import is_blind, nearness, term_weight
from wagtail_vector_search.ranking.values import QueryTerm, RankedPage

CUTOFF = Cutoff(
    background=0.2, title=0.7, max_score=10.0, known=0.0, known_without=0.0, page_count=1000, threshold=0.375
)


def page(page_id, similarity=None, keyword_score=None):
    return RankedPage(page_id, 0.0, similarity, keyword_score)


def asked(background=0.2, title=0.7, *terms) -> tuple[tuple[QueryTerm, ...], ServingGeneration]:
    """Return the terms of a query, and a generation of 100 pages with such a calibration."""
    return tuple(term(text) for text in terms), ServingGeneration(1, "", {}, 256, 100, background, title)


def term(text):
    """Return one that stands on three pages, or on none if it begins with an x."""
    return QueryTerm(text, 1, 0 if text.startswith("x") else 3)


def test_noise_is_no_evidence_and_nearness_to_a_title_counts_one():
    assert CUTOFF.evidence(0.2, 0.0, 1) == pytest.approx(0)
    assert CUTOFF.evidence(0.7, 0.0, 1) == pytest.approx(1)


def test_words_are_evidence_by_their_share_of_the_best_score():
    assert CUTOFF.evidence(0.2, 10.0, 1) == pytest.approx(1.5)
    assert CUTOFF.evidence(0.2, 5.0, 1) == pytest.approx(0.75)


def test_words_that_the_site_knows_are_some_evidence_for_every_page():
    cutoff = replace(CUTOFF, known=0.6, known_without=0.4)
    assert cutoff.evidence(0.2, 0.0, 1) == pytest.approx(0.5 * 0.4)
    assert cutoff.evidence(0.2, 5.0, 1) == pytest.approx(0.5 * 0.6 + 0.75)
    assert replace(cutoff, max_score=0.0).evidence(0.2, 0.0, 1) == pytest.approx(0.5 * 0.6)


def test_the_only_word_of_a_query_is_no_evidence_for_a_page_without_it():
    one, two, three = (make_cutoff(*asked(0.2, 0.7, *terms), 0.4, semantic_only=False) for terms in ("a", "ab", "abc"))
    assert one
    assert two
    assert three
    assert (one.known, one.known_without) == (1, 0)
    assert (two.known, two.known_without) == (1, 0.5)
    assert three.known_without == pytest.approx(2 / 3)


def test_terms_that_only_go_with_a_word_are_not_counted():
    terms, generation = asked(0.2, 0.7, "streamfield")
    part = replace(term("field"), frequency=0.3, is_expected=False)
    alone, with_part = (make_cutoff(each, generation, 0.4, semantic_only=False) for each in (terms, (*terms, part)))
    assert alone == with_part
    assert with_part
    assert with_part.evidence(0.2, 2 * with_part.max_score, 1) == with_part.evidence(0.2, with_part.max_score, 1)


def test_a_model_may_not_outvote_the_words():
    far, further = (CUTOFF.evidence(similarity, 5.0, 1) for similarity in (-0.1, -0.9))
    assert far == further == pytest.approx(0.75 - 0.5)
    assert CUTOFF.evidence(-0.9, 0.0, 1) < CUTOFF.evidence(-0.1, 0.0, 1) < -0.5


@pytest.mark.parametrize(("background", "title"), [(0.6, 0.63), (0.6, 0.6), (0.7, 0.5)])
def test_a_model_to_which_noise_is_as_near_as_titles_finds_no_page_without_a_word(background, title):
    blind = replace(CUTOFF, background=background, title=title, known=1.0, known_without=1.0)
    assert is_blind(background, title)
    assert not blind.is_enough(blind.judge([page(1, 0.99)])[0])
    assert blind.is_enough(blind.judge([page(1, 0.5, 5.0)])[0])
    sighted = replace(blind, background=0.6, title=0.65)
    assert not is_blind(0.6, 0.65)
    assert sighted.is_enough(sighted.judge([page(1, 0.99)])[0])


def test_a_page_whose_title_is_the_query_is_kept_whatever_the_evidence():
    (only,) = CUTOFF.judge([page(1, -0.5, 0.1)._replace(has_title=True)])
    assert only.evidence is not None
    assert only.evidence < CUTOFF.threshold
    assert CUTOFF.is_enough(only)
    assert not CUTOFF.is_enough(only._replace(has_title=False))


def test_a_page_needs_more_the_further_down_it_is():
    first, tenth, hundredth = (CUTOFF.evidence(0.7, 0.0, rank) for rank in (1, 10, 100))
    assert first - tenth == pytest.approx(0.2)
    assert tenth - hundredth == pytest.approx(0.2)


def test_a_page_of_a_larger_site_needs_more():
    small, ordinary, large = (replace(CUTOFF, page_count=n).evidence(0.7, 0.0, 1) for n in (10, 1000, 10_000))
    assert small - ordinary == pytest.approx(0.2)
    assert ordinary - large == pytest.approx(0.1)


def test_a_site_without_pages_breaks_nothing():
    assert replace(CUTOFF, page_count=0).evidence(0.2, 0.0, 1) == pytest.approx(0.3)


def test_a_page_is_judged_by_its_place_in_the_ranking():
    first, second = CUTOFF.judge([page(1, 0.5), page(2, 0.5)])
    assert first.evidence == pytest.approx(CUTOFF.evidence(0.5, 0.0, 1))
    assert second.evidence == pytest.approx(CUTOFF.evidence(0.5, 0.0, 2))


def test_titles_that_say_little_of_their_pages_do_not_make_noise_look_like_an_answer():
    assert nearness(0.3, background=0.2, title=0.25) == nearness(0.3, background=0.2, title=0.6) == pytest.approx(0.25)
    assert nearness(0.3, background=0.2, title=0.1) > 0


def test_a_page_is_kept_from_the_threshold_on():
    for share, enough in ((0.38, True), (0.37, False)):
        (only,) = CUTOFF.judge([page(1, 0.2 + 0.5 * share)])
        assert CUTOFF.is_enough(only) is enough


def test_a_page_that_the_semantic_leg_did_not_find_is_no_nearer_than_the_last_it_did():
    *_, unseen = CUTOFF.judge([page(1, 0.6), page(2, 0.3), page(3, None, 1.0)])
    assert unseen.evidence == pytest.approx(CUTOFF.evidence(0.3, 1.0, 3))


def test_the_terms_decide_where_there_is_no_similarity():
    (only,) = CUTOFF.judge([page(1, None, 10.0)])
    assert only.evidence == pytest.approx(1.5)


def test_the_same_similarity_means_more_where_noise_is_lower():
    quiet, loud = Cutoff(0.1, 0.7, 0, 0, 0, 1000, 0.375), Cutoff(0.4, 0.8, 0, 0, 0, 1000, 0.375)
    assert quiet.is_enough(quiet.judge([page(1, 0.45)])[0])
    assert not loud.is_enough(loud.judge([page(1, 0.45)])[0])


@pytest.mark.parametrize(("background", "title"), [(None, 0.7), (0.2, None), (1.0, 1.0)])
def test_a_generation_without_a_usable_calibration_has_no_cut_off(background, title):
    assert make_cutoff(*asked(background, title), 0.375, semantic_only=False) is None


def test_without_a_calibration_words_decide():
    cutoff = make_cutoff(*asked(None, None, "sail", "xyz"), 0.375, semantic_only=False)
    assert cutoff
    near, with_a_word = cutoff.judge([page(1, 0.99), page(2, 0.1, cutoff.max_score)])
    assert not cutoff.is_enough(near)
    assert cutoff.is_enough(with_a_word)
    assert make_cutoff(*asked(None, None, "sail"), 0.375, semantic_only=True) is None


def test_half_the_threshold_is_asked_where_no_terms_can_be_evidence():
    stop_words = make_cutoff(*asked(), 0.4, semantic_only=False)
    a_word = make_cutoff(*asked(0.2, 0.7, "sail"), 0.4, semantic_only=False)
    by_meaning = make_cutoff(*asked(0.2, 0.7, "sail"), 0.4, semantic_only=True)
    assert stop_words
    assert a_word
    assert by_meaning
    assert (stop_words.threshold, a_word.threshold, by_meaning.threshold) == (0.2, 0.4, 0.2)
    assert by_meaning.max_score == 0


def test_the_site_knows_the_words_that_stand_on_a_page_rare_ones_counting_more():
    half = make_cutoff(*asked(0.2, 0.7, "sail", "xyz"), 0.4, semantic_only=True)
    assert half
    unknown, known = term_weight(term("xyz"), 100), term_weight(term("sail"), 100)
    assert half.known == pytest.approx(known / (known + unknown))
    all_known, none_known = (make_cutoff(*asked(0.2, 0.7, word), 0.4, semantic_only=True) for word in ("sail", "xyz"))
    assert all_known
    assert none_known
    assert (all_known.known, none_known.known) == (1, 0)


def test_a_query_without_terms_has_no_unknown_ones():
    stop_words = make_cutoff(*asked(), 0.4, semantic_only=False)
    assert stop_words
    assert stop_words.known == 1


def test_the_cut_off_can_be_turned_off():
    assert make_cutoff(*asked(), 0, semantic_only=False) is None


def test_the_best_score_is_that_of_every_word_saturated():
    cutoff = make_cutoff(*asked(0.2, 0.7, "one", "two"), 0.375, semantic_only=False)
    assert cutoff
    assert cutoff.max_score == pytest.approx(2 * 2.2 * term_weight(QueryTerm("one", 1, 3), 100))


def test_a_similarity_that_the_semantic_leg_would_leave_out_is_no_match_of_it():
    cutoff = replace(CUTOFF, threshold=0.6)  # of which the semantic leg by itself asks for half
    near, far = cutoff.judge([page(1, 0.5, 5.0), page(2, 0.3, 5.0)])
    assert (near.matched_by, far.matched_by) == (("semantic", "keyword"), ("keyword",))


def test_the_semantic_leg_asks_as_much_of_a_page_with_terms_as_it_does_by_itself():
    similarities = [0.9, 0.5, 0.36, 0.3, 0.25]
    terms, generation = asked(0.2, 0.7, "boat", "xylophone")
    both, alone = (make_cutoff(terms, generation, 0.6, semantic_only=only) for only in (False, True))
    assert both is not None
    assert alone is not None
    judged = both.judge([page(number, similarity, 1.0) for number, similarity in enumerate(similarities)])
    by_itself = alone.judge([page(number, similarity) for number, similarity in enumerate(similarities)])
    found = [each.page_id for each in by_itself if alone.is_enough(each)]
    assert 0 < len(found) < len(similarities)
    assert [each.page_id for each in judged if "semantic" in each.matched_by] == found
