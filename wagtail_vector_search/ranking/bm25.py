"""The document side of BM25.

Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .constants import K1, B

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def bm25_weights(frequencies: Mapping[str, float], length: int, average_length: float) -> NDArray[np.float64]:
    """Return ``tf (k1 + 1) / (tf + k1 (1 - b + b length / average_length))`` for each term, in the order given.

    Args:
        frequencies: how often each term occurs on the page.
        length: words of the page.
        average_length: words per page; 0 takes the page itself as average.
    """
    import numpy as np

    counts = np.fromiter(frequencies.values(), dtype=np.float64, count=len(frequencies))
    relative_length = length / average_length if average_length else 1.0
    return counts * (K1 + 1) / (counts + K1 * (1 - B + B * relative_length))
