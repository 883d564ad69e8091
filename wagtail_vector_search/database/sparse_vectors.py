"""The position of a term in a sparse vector, and such vectors in the two forms that PostgreSQL reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from hashlib import md5
from typing import TYPE_CHECKING

from ..models.terms import SPARSE_DIMENSIONS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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

    Nine digits are all that single precision keeps: the statement that computes the weights itself gives the same.

    Weights of terms that share a position are added.
    """
    summed: dict[int, float] = defaultdict(float)
    for term, weight in weights:
        summed[term_position(term) + 1] += weight
    elements = ",".join(f"{position}:{weight:.9g}" for position, weight in sorted(summed.items()))
    return f"{{{elements}}}/{SPARSE_DIMENSIONS}"


def sparse_binary(terms: Collection[str], weights: NDArray[np.float64]) -> bytes:
    """Return terms with their weights in the binary form of ``sparsevec``: dimensions, count, 0, positions, values.

    Weights of terms that share a position are added. The heaviest are kept where there are more than ``MAX_NONZERO``.

    Args:
        terms: each once.
        weights: of these terms, shape ``(len(terms),)``.
    """
    import numpy as np

    positions = np.fromiter(map(term_position, terms), dtype=np.int64, count=len(terms))
    order = positions.argsort(kind="stable")
    positions, values = positions[order], weights[order]
    if (positions[1:] == positions[:-1]).any():
        positions, inverse = np.unique(positions, return_inverse=True)
        values = np.bincount(inverse, weights=values).astype(np.float64)
    if len(positions) > MAX_NONZERO:
        kept = np.sort(np.argpartition(values, -MAX_NONZERO)[-MAX_NONZERO:])
        positions, values = positions[kept], values[kept]
    head = np.array([SPARSE_DIMENSIONS, len(positions), 0], dtype=">i4")
    return head.tobytes() + positions.astype(">i4").tobytes() + values.astype(">f4").tobytes()
