"""The document side of BM25, as a sparse vector. Pure.

Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..database.sparse_vectors import MAX_NONZERO, term_position
from ..models.terms import SPARSE_DIMENSIONS
from ..ranking.constants import K1, B

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def bm25_weights(frequencies: Mapping[str, int], average_length: float) -> NDArray[np.float64]:
    """Return ``tf (k1 + 1) / (tf + k1 (1 - b + b length / average_length))`` for each term, in the order given.

    Args:
        frequencies: how often each term stands on the page.
        average_length: terms per page; 0 takes the page itself as average.
    """
    import numpy as np

    counts = np.fromiter(frequencies.values(), dtype=np.float64, count=len(frequencies))
    relative_length = counts.sum() / average_length if average_length else 1.0
    return counts * (K1 + 1) / (counts + K1 * (1 - B + B * relative_length))


def sparse_vector(frequencies: Mapping[str, int], average_length: float) -> bytes:
    """Return a page's weights in the binary form of pgvector's ``sparsevec``: dimensions, count, 0, positions, values.

    The heaviest terms are kept where there are more than pgvector allows. Terms that share a position are added up.
    """
    import numpy as np

    weights = bm25_weights(frequencies, average_length)
    positions = np.fromiter(map(term_position, frequencies), dtype=np.int64, count=len(frequencies))
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
