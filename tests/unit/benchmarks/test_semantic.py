"""What the semantic leg is compared with."""

import pytest

from benchmarks.speed.semantic_result import SemanticResult


def result(leg_recall, hnsw_recall):
    return SemanticResult(4.0, leg_recall, leg_recall, 2.0, hnsw_recall, hnsw_recall, 8.0)


@pytest.mark.parametrize(
    ("leg_recall", "hnsw_recall", "ratio"),
    [(1.0, 0.99, 2.0), (1.0, 0.9, 0.5), (0.9, 0.9, 2.0), (0.9, 0.8, 0.5)],
    ids=["as good as exact", "hnsw finds too little", "both find the same", "hnsw finds less than the leg"],
)
def test_the_leg_is_compared_with_the_quicker_way_that_finds_as_much(leg_recall, hnsw_recall, ratio):
    assert result(leg_recall, hnsw_recall).ratio == ratio
