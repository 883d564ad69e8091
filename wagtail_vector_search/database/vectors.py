"""Vectors in the two forms that PostgreSQL reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def vector_literal(vector: NDArray[np.float32]) -> str:
    """Return a vector as text; five digits are more than half precision keeps."""
    return "[" + ",".join(f"{value:.5g}" for value in vector.tolist()) + "]"


def halfvec_binary(vectors: NDArray[np.float32]) -> Iterator[bytes]:
    """Yield vectors in the binary form of pgvector's ``halfvec``: dimensions, 0, values of half precision."""
    import numpy as np

    head = np.array([vectors.shape[1] if vectors.ndim == 2 else 0, 0], dtype=">i2").tobytes()
    for row in vectors.astype(">f2"):
        yield head + row.tobytes()
