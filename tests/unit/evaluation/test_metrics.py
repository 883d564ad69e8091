"""Measures of a ranking, against values computed by hand."""

from math import log2

import pytest

from wagtail_vector_search.evaluation.scores import ndcg, recall, reciprocal_rank

GRADES = {"a": 3, "b": 1, "c": 2, "d": 0}


def test_the_ideal_order_has_ndcg_one():
    assert ndcg(["a", "c", "b"], GRADES) == pytest.approx(1.0)


def test_ndcg_counts_exponential_gains_discounted_by_rank():
    # Gains 2^1-1, 0 and 2^3-1 at ranks 1 to 3; ideal: 7, 3, 1.
    found = 1 / log2(2) + 0 / log2(3) + 7 / log2(4)
    ideal = 7 / log2(2) + 3 / log2(3) + 1 / log2(4)

    assert ndcg(["b", "d", "a"], GRADES) == pytest.approx(found / ideal)
    assert ndcg(["b", "d", "a"], GRADES) == pytest.approx(0.4791, abs=5e-5)


def test_ndcg_looks_no_deeper_than_it_is_told():
    assert ndcg(["x", "y", "a"], GRADES, depth=2) == 0.0


def test_the_ideal_is_cut_at_the_same_depth():
    many = {str(number): 1 for number in range(20)}

    assert ndcg([str(number) for number in range(10)], many) == pytest.approx(1.0)


def test_a_query_without_a_relevant_document_scores_nothing():
    assert ndcg(["a"], {"a": 0}) == recall(["a"], {"a": 0}, 10) == reciprocal_rank(["a"], {}) == 0.0


def test_an_empty_ranking_scores_nothing():
    assert ndcg([], GRADES) == recall([], GRADES, 10) == reciprocal_rank([], GRADES) == 0.0


def test_recall_is_the_share_of_relevant_documents_found():
    assert recall(["d", "a", "x", "c"], GRADES, 10) == pytest.approx(2 / 3)
    assert recall(["d", "a", "x", "c"], GRADES, 2) == pytest.approx(1 / 3)


def test_reciprocal_rank_is_of_the_first_relevant_document():
    assert reciprocal_rank(["x", "d", "b", "a"], GRADES) == pytest.approx(1 / 3)
    assert reciprocal_rank([*"x" * 10, "a"], GRADES) == 0.0


def test_ids_may_be_numbers():
    assert ndcg([1], {1: 2}) == recall([1], {1: 2}, 10) == reciprocal_rank([1], {1: 2}) == 1.0


def test_a_grade_below_zero_neither_gains_nor_costs():
    assert ndcg(["x", "a"], {"a": 1, "x": -1}) == pytest.approx(1 / log2(3))


def test_no_judgment_at_all_scores_nothing():
    assert ndcg(["a"], {}) == recall(["a"], {}, 10) == 0.0
