"""How good a ranking is. Documents without a grade count as not relevant. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import log2
from typing import TypeVar

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
