"""What a search backend reached on judgments. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from .metrics import Grades, ndcg, recall, reciprocal_rank

#: Results that are read of each search, and the depth of the second recall.
DEPTH = 100


@dataclass(frozen=True, slots=True)
class QueryScores:
    """What one search backend reached on one query.

    Args:
        ndcg: Normalised discounted cumulative gain at ``k``, 0 to 1.
        recall: Share of the relevant pages among the first ``k`` results.
        deep_recall: The same among the first 100.
        reciprocal_rank: 1 / rank of the first relevant page; 0 when none is among the first ``k``.
        results: Number of results.
        degraded: Whether the search went on with words alone.
        failed: Whether the search raised an error, which counts as finding nothing.
    """

    ndcg: float
    recall: float
    deep_recall: float
    reciprocal_rank: float
    results: int
    degraded: bool = False
    failed: bool = False


def score(
    ranking: Sequence[Any], grades: Grades[Any], k: int, results: int, *, degraded: bool = False, failed: bool = False
) -> QueryScores:
    """Score one search.

    Args:
        ranking: Primary keys of the results, best first, at most ``DEPTH`` or ``k``.
        grades: Of the query.
        k: Results that a visitor is taken to look at.
        results: Number of all results.
        degraded: Whether the search went on with words alone.
        failed: Whether it raised an error.
    """
    return QueryScores(
        ndcg=ndcg(ranking, grades, k),
        recall=recall(ranking, grades, k),
        deep_recall=recall(ranking, grades, DEPTH),
        reciprocal_rank=reciprocal_rank(ranking, grades, k),
        results=results,
        degraded=degraded,
        failed=failed,
    )


@dataclass(frozen=True, slots=True)
class BackendScores:
    """What one search backend reached.

    Args:
        backend: Its alias or dotted path.
        queries: In the order of the judgments, at least one.
    """

    backend: str
    queries: tuple[QueryScores, ...]

    @property
    def ndcg(self) -> float:
        """Mean nDCG at ``k``."""
        return self._mean(lambda query: query.ndcg)

    @property
    def recall(self) -> float:
        """Mean recall at ``k``."""
        return self._mean(lambda query: query.recall)

    @property
    def deep_recall(self) -> float:
        """Mean recall at 100."""
        return self._mean(lambda query: query.deep_recall)

    @property
    def reciprocal_rank(self) -> float:
        """Mean reciprocal rank at ``k``."""
        return self._mean(lambda query: query.reciprocal_rank)

    @property
    def results(self) -> float:
        """Mean number of results."""
        return self._mean(lambda query: query.results)

    @property
    def without_answer(self) -> int:
        """Number of queries with no relevant page among the first 100 results."""
        return sum(not query.deep_recall for query in self.queries)

    @property
    def degraded(self) -> int:
        """Number of searches that went on with words alone."""
        return sum(query.degraded for query in self.queries)

    @property
    def failed(self) -> int:
        """Number of searches that raised an error."""
        return sum(query.failed for query in self.queries)

    def as_dict(self) -> dict[str, Any]:
        """Return means, counts and the scores of each query, as JSON takes them."""
        return {
            **{name: getattr(self, name) for name in ("ndcg", "recall", "deep_recall", "reciprocal_rank", "results")},
            **{name: getattr(self, name) for name in ("without_answer", "degraded", "failed")},
            "queries": [asdict(query) for query in self.queries],
        }

    def _mean(self, of: Callable[[QueryScores], float]) -> float:
        return fmean(of(query) for query in self.queries)
