"""Vectors as PostgreSQL reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def vector_literal(vector: NDArray[np.float32]) -> str:
    """Return a vector as text; five digits are more than half precision keeps."""
    return "[" + ",".join(f"{value:.5g}" for value in vector.tolist()) + "]"
