"""What systems reach on a collection. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from wagtail_vector_search.evaluation.scores import Grades, ndcg, recall, reciprocal_rank
from wagtail_vector_search.evaluation.significance import Difference, paired_difference

METRICS = ("nDCG@10", "recall@10", "recall@100", "MRR@10")


@dataclass(slots=True)
class Scores:
    """What one system reached on one collection."""

    #: For each metric the score of each query, in one order for all systems.
    metrics: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in METRICS})
    #: Mean number of results for queries without an answer, by the kind of query.
    unanswerable: dict[str, float] = field(default_factory=dict)
    #: Mean nDCG@10 by the number of typing errors in each query.
    typos: dict[int, float] = field(default_factory=dict)
    #: Searches that went on without vectors.
    degraded: int = 0
    #: Searches that raised an error, which counts as finding nothing.
    failed: int = 0

    def add(self, ranking: Sequence[str], grades: Grades[str]) -> None:
        """Score one more query."""
        scores = (
            ndcg(ranking, grades),
            recall(ranking, grades, 10),
            recall(ranking, grades, 100),
            reciprocal_rank(ranking, grades),
        )
        for name, score in zip(METRICS, scores, strict=True):
            self.metrics[name].append(score)

    def mean(self, metric: str) -> float:
        """Return the mean over the queries."""
        return fmean(self.metrics[metric])

    def behind(self, other: Scores) -> Difference:
        """Return by how much ``other`` has the higher nDCG@10, with its interval."""
        return paired_difference(other.metrics["nDCG@10"], self.metrics["nDCG@10"])

    def as_dict(self) -> dict[str, Any]:
        """Return means and scores of single queries, as JSON takes them."""
        means = {name: round(self.mean(name), 5) for name in METRICS}
        scores = {name: [round(score, 5) for score in values] for name, values in self.metrics.items()}
        others = {
            "unanswerable": self.unanswerable,
            "typos": self.typos,
            "degraded": self.degraded,
            "failed": self.failed,
        }
        return {**means, **others, "queries": scores}
