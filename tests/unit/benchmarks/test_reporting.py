"""Tables and scores."""

import pytest

from benchmarks.relevance.scores import Scores
from benchmarks.reporting import format_table


def test_a_table_is_markdown_with_aligned_columns():
    table = format_table("Times", ["", "p50 ms"], [["hybrid", 5.25], ["Wagtail", 12345], ["none", None]])

    assert table.splitlines() == [
        "### Times",
        "",
        "|         | p50 ms |",
        "|---------|-------:|",
        "| hybrid  |   5.25 |",
        "| Wagtail | 12,345 |",
        "| none    |        |",
    ]


def test_scores_are_means_over_the_queries():
    scores = Scores()
    scores.add(["a"], {"a": 1})
    scores.add(["b", "a"], {"a": 1, "c": 1})

    assert scores.mean("MRR@10") == pytest.approx(0.75)
    assert scores.mean("recall@10") == pytest.approx(0.75)
    assert scores.as_dict()["queries"]["MRR@10"] == [1.0, 0.5]


def test_a_system_is_behind_a_better_one():
    worse, better = Scores(), Scores()
    worse.add(["b", "a"], {"a": 1})
    better.add(["a", "b"], {"a": 1})

    assert worse.behind(better).mean > 0
