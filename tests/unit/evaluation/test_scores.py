"""What a backend reached, against values computed by hand."""

import pytest

from wagtail_vector_search.evaluation.comparison import Evaluation
from wagtail_vector_search.evaluation.judgments import JudgedQuery, Judgments
from wagtail_vector_search.evaluation.scores import BackendScores, score

GRADES = {1: 3, 2: 1, 3: 0}


def test_a_search_is_scored_by_every_measure():
    found = score([3, 2, 9, 1], GRADES, k=2, results=40)

    # Gain 2^1 - 1 at rank 2 over gains 7 and 1 at ranks 1 and 2: (1 / log2(3)) / (7 + 1 / log2(3)).
    assert found.ndcg == pytest.approx(0.6309 / 7.6309, abs=1e-4)
    assert (found.recall, found.deep_recall, found.reciprocal_rank, found.results) == (0.5, 1.0, 0.5, 40)


def test_k_is_how_far_a_visitor_looks():
    assert score([9, 9, 1], GRADES, k=2, results=3).ndcg == 0.0
    assert score([8, 9, 1], GRADES, k=3, results=3).reciprocal_rank == pytest.approx(1 / 3)


def test_means_are_over_the_queries():
    found = BackendScores(
        "hybrid", (score([1, 2], GRADES, 10, 2, degraded=True), score([], GRADES, 10, 0, failed=True))
    )
    assert (found.ndcg, found.recall, found.deep_recall, found.reciprocal_rank, found.results) == (0.5,) * 4 + (1.0,)
    assert (found.without_answer, found.degraded, found.failed) == (1, 1, 1)


def make_evaluation(**rankings):
    queries = tuple(JudgedQuery(f"query {number}", "", {1: 1}) for number in range(len(next(iter(rankings.values())))))
    scores = (
        BackendScores(name, tuple(score(ranking, {1: 1}, 10, 1) for ranking in found))
        for name, found in rankings.items()
    )
    return Evaluation(Judgments(queries), 10, tuple(scores))


def test_the_best_has_the_highest_ndcg_and_the_others_are_behind_it():
    evaluation = make_evaluation(words=[[1], [2]], meaning=[[1], [1]])
    assert evaluation.best.backend == "meaning"
    assert evaluation.behind_best(evaluation.backends[0]).mean == 0.5
    assert evaluation.behind_best(evaluation.best) == (0, 0, 0)


def test_the_worst_queries_come_first_and_perfect_ones_never():
    evaluation = make_evaluation(words=[[1], [2, 1], [], [3, 2, 1]])
    assert evaluation.worst(10) == [2, 3, 1]
    assert evaluation.worst(1) == [2]
    assert evaluation.worst(0) == []
