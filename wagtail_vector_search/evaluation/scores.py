"""How good a ranking is, and what a search backend reached on judgments. Pure.

Documents without a grade count as not relevant.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log2
from statistics import fmean
from typing import Any, TypeVar

#: Results that are read of each search, and the depth of the second recall.
DEPTH = 100

Document = TypeVar("Document", bound=Hashable)

#: Relevance of documents to one query, by their id: 0 is not relevant, more is better.
Grades = Mapping[Document, int]


def ndcg(ranking: Sequence[Document], grades: Grades[Document], depth: int = 10) -> float:
    """Return the normalised discounted cumulative gain, 0 to 1.

    The gain of a document is ``2 ** grade - 1`` (Burges et al., "Learning to rank using gradient descent", ICML
    2005), the discount ``log2(rank + 1)`` (Järvelin & Kekäläinen, ACM TOIS 20(4), 2002).

    Args:
        ranking: ids, best first, each once.
        grades: of the query.
        depth: ranks that are looked at.
    """
    ideal = _discounted_gain(sorted(grades.values(), reverse=True)[:depth])
    found = _discounted_gain([grades.get(document, 0) for document in ranking[:depth]])
    return found / ideal if ideal else 0.0


def recall(ranking: Sequence[Document], grades: Grades[Document], depth: int) -> float:
    """Return the share of the relevant documents that are among the first ``depth``, 0 to 1."""
    relevant = _relevant(grades)
    return len(relevant.intersection(ranking[:depth])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[Document], grades: Grades[Document], depth: int = 10) -> float:
    """Return 1 / rank of the first relevant document; 0 when none is among the first ``depth``."""
    relevant = _relevant(grades)
    ranks = (rank for rank, document in enumerate(ranking[:depth], 1) if document in relevant)
    return 1 / next(ranks, float("inf"))


def _discounted_gain(grades: Sequence[int]) -> float:
    return sum((2.0 ** max(grade, 0) - 1) / log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _relevant(grades: Grades[Document]) -> set[Document]:
    return {document for document, grade in grades.items() if grade > 0}


@dataclass(frozen=True, slots=True)
class QueryScores:
    """What one search backend reached on one query."""

    #: Normalised discounted cumulative gain at ``k``, 0 to 1.
    ndcg: float
    #: Share of the relevant pages among the first ``k`` results.
    recall: float
    #: The same among the first 100.
    deep_recall: float
    #: 1 / rank of the first relevant page; 0 when none is among the first ``k``.
    reciprocal_rank: float
    #: Number of results.
    results: int
    #: Whether the search was answered by the keyword leg alone.
    degraded: bool = False
    #: Whether the search raised an error, which counts as finding nothing.
    failed: bool = False


def score(
    ranking: Sequence[Any], grades: Grades[Any], k: int, results: int, *, degraded: bool = False, failed: bool = False
) -> QueryScores:
    """Score one search.

    Args:
        ranking: primary keys of the results, best first, at most ``DEPTH`` or ``k``.
        grades: of the query.
        k: number of results that a visitor is assumed to look at.
        results: number of all results.
        degraded: whether the search was answered by the keyword leg alone.
        failed: whether it raised an error.
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
    """What one search backend reached."""

    #: Its alias or dotted path.
    backend: str
    #: In the order of the judgments, at least one.
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
        """Number of searches that were answered by the keyword leg alone."""
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
