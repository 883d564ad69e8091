"""Where a term stands in a sparse vector, and such a vector as PostgreSQL reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from hashlib import md5

from ..models.terms import SPARSE_DIMENSIONS

#: The most non-zero elements that pgvector stores in one sparse vector.
MAX_NONZERO = 16_000


#: ``term_position`` as SQL, of an expression ``{term}``.
SQL_TERM_POSITION = f"mod(('x' || left(md5({{term}}), 8))::bit(32)::bigint, {SPARSE_DIMENSIONS})"


@lru_cache(maxsize=100_000)
def term_position(term: str) -> int:
    """Return the 0-based position of ``term``, the same in every process.

    A hash needs no dictionary table and no lock; this one PostgreSQL can compute, too (``SQL_TERM_POSITION``). With
    100,000 terms about five pairs share a position.
    """
    return int(md5(term.encode(), usedforsecurity=False).hexdigest()[:8], 16) % SPARSE_DIMENSIONS


def sparse_literal(weights: Iterable[tuple[str, float]]) -> str:
    """Return terms with their weights as PostgreSQL reads a sparse vector, whose positions count from 1.

    Weights of terms that share a position are added.
    """
    summed: dict[int, float] = defaultdict(float)
    for term, weight in weights:
        summed[term_position(term) + 1] += weight
    elements = ",".join(f"{position}:{weight:.6g}" for position, weight in sorted(summed.items()))
    return f"{{{elements}}}/{SPARSE_DIMENSIONS}"
