"""Merging two legs into one ranking."""

from statistics import fmean, pstdev

import pytest

from wagtail_vector_search.ranking.constants import TOP
from wagtail_vector_search.ranking.formulas import semantic_weight
from wagtail_vector_search.ranking.fusion import TITLE_LEAD, fuse, rank_keyword, rank_semantic
from wagtail_vector_search.ranking.values import Hit


def hits(**scores):
    """Return hits from scores by page: ``hits(p7=0.5)`` is page 7."""
    return [Hit(int(name[1:]), score) for name, score in scores.items()]


def ids(pages):
    return [page.page_id for page in pages]


def full_leg(best, rest=1.0):
    """Return a leg of 100 hits, so that no page without the words is counted in."""
    return [*best, *(Hit(1000 + n, rest + n / 1e6) for n in range(TOP - len(best)))]


def test_scores_are_standard_scores_with_their_weights():
    semantic_hits, keyword = full_leg(hits(p1=5.0, p2=3.0)), full_leg(hits(p2=9.0, p1=2.0))
    scores = {page.page_id: page.score for page in fuse(semantic_hits, keyword, weight=0.4)}
    for page_id, similarity, words in ((1, 5.0, 2.0), (2, 3.0, 9.0)):
        semantic = (similarity - fmean(h.score for h in semantic_hits)) / pstdev(h.score for h in semantic_hits)
        lexical = (words - fmean(h.score for h in keyword)) / pstdev(h.score for h in keyword)
        assert scores[page_id] == pytest.approx(0.4 * semantic + 0.6 * lexical)


def test_a_page_missing_from_a_full_leg_is_no_better_there_than_the_last_that_was_found():
    semantic_hits, keyword = full_leg(hits(p1=5.0)), full_leg(hits(p2=5.0, p3=4.0))
    scores = {page.page_id: page.score for page in fuse(semantic_hits, keyword, weight=0.4)}

    def standard(leg, score):
        return (score - fmean(h.score for h in leg)) / pstdev(h.score for h in leg)

    last_by_meaning, last_by_words = (standard(leg, min(h.score for h in leg)) for leg in (semantic_hits, keyword))
    assert scores[1] == pytest.approx(0.4 * standard(semantic_hits, 5.0) + 0.6 * last_by_words)
    assert scores[2] == pytest.approx(0.4 * last_by_meaning + 0.6 * standard(keyword, 5.0))


def test_the_only_page_with_a_rare_word_is_first_even_where_the_semantic_leg_did_not_find_it():
    semantic_hits = [Hit(n, 0.9 - n / 1000) for n in range(1, TOP + 1)]
    assert ids(fuse(semantic_hits, hits(p999=7.0), weight=0.6))[0] == 999


def test_pages_without_the_terms_are_counted_in_as_far_as_a_small_site_has_any():
    one_of_three = {page.page_id: page.score for page in fuse([], hits(p1=6.0), weight=0.0, pool=3)}
    mean, deviation = 2.0, pstdev([6.0, 0.0, 0.0])
    assert one_of_three[1] == pytest.approx((6.0 - mean) / deviation)


def test_a_page_that_both_legs_find_says_so_and_keeps_both_scores():
    both, semantic_only, words_only = sorted(
        fuse(hits(p1=0.9, p2=0.5), hits(p1=4.0, p3=2.0), weight=0.5), key=lambda page: page.page_id
    )
    assert (both.matched_by, both.similarity, both.keyword_score) == (("semantic", "keyword"), 0.9, 4.0)
    assert (semantic_only.matched_by, semantic_only.keyword_score) == (("semantic",), None)
    assert (words_only.matched_by, words_only.similarity) == (("keyword",), None)


def test_the_result_is_the_union_of_both_legs():
    assert set(ids(fuse(hits(p1=0.9, p2=0.5), hits(p3=2.0), weight=0.5))) == {1, 2, 3}


def test_equal_scores_stand_in_the_order_of_the_primary_key():
    assert ids(fuse(hits(p9=0.5, p3=0.5, p5=0.5), [], weight=0.5)) == [3, 5, 9]
    assert ids(rank_semantic(hits(p9=0.5, p3=0.5))) == [3, 9]
    assert ids(rank_keyword(hits(p9=2.0, p3=2.0, p1=1.0))) == [3, 9, 1]


def test_equal_scores_are_not_blown_up_by_rounding():
    almost = [Hit(1, 0.1 + 0.2), Hit(2, 0.3), Hit(3, 0.3)]
    assert {page.score for page in fuse(almost, [], weight=1.0)} == {0.0}


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_pages_whose_title_is_the_query_come_first_in_their_own_order(weight):
    words = [*hits(p1=9.0, p2=8.0), Hit(3, 1.0, has_title=True), Hit(4, 2.0, has_title=True)]
    pages = fuse(hits(p1=0.9, p2=0.8, p4=0.2, p3=0.1), words, weight=weight)
    assert ids(pages) == [4, 3, 1, 2]
    scores = [page.score for page in pages]
    assert scores == sorted(scores, reverse=True)
    assert scores[1] - scores[2] == pytest.approx(TITLE_LEAD)
    assert (pages[0].similarity, pages[0].keyword_score) == (0.2, 2.0)
    assert [page.has_title for page in pages] == [True, True, False, False]


def test_a_title_changes_no_score_where_all_pages_or_none_have_it():
    plain = [Hit(1, 4.0), Hit(2, 2.0)]
    titled = [hit._replace(has_title=True) for hit in plain]
    assert [page.score for page in rank_keyword(titled)] == [page.score for page in rank_keyword(plain)] == [4.0, 2.0]


def test_a_page_that_leads_anyway_is_lifted_by_no_more_than_it_needs():
    assert [page.score for page in rank_keyword([Hit(1, 9.0, has_title=True), Hit(2, 2.0)])] == [9.0, 2.0]
    assert [page.score for page in rank_keyword([Hit(1, 2.5, has_title=True), Hit(2, 2.0)])] == [3.0, 2.0]


@pytest.mark.parametrize(("weight", "first"), [(0.0, 2), (1.0, 1)])
def test_the_weight_decides_which_leg_leads(weight, first):
    assert fuse(hits(p1=0.9, p2=0.1), hits(p2=9.0, p1=1.0), weight=weight)[0].page_id == first


def test_no_hit_is_no_result():
    assert fuse([], [], weight=0.5) == ()


def test_static_word_vectors_weigh_less_than_a_language_model():
    assert semantic_weight(None, "wordllama") == 0.35
    assert semantic_weight(None, "text-embedding-3-small") == 0.55
    assert semantic_weight(0.0, "wordllama") == 0


def test_a_model_that_does_not_know_the_language_of_the_site_weighs_little():
    assert semantic_weight(None, "wordllama", is_blind=True) == 0.05
    assert semantic_weight(None, "text-embedding-3-small", is_blind=True) == 0.05
    assert semantic_weight(0.7, "wordllama", is_blind=True) == 0.7
