"""Checks that a provider gets texts and returns one embedding a text, which it scales to length 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..exceptions import DimensionsError, InvalidEmbeddingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def check_texts(texts: Sequence[str]) -> None:
    """Raise ``ValueError`` if one of the texts is blank, ``TypeError`` if they are a single text."""
    if isinstance(texts, str):
        raise TypeError("Expected a list of texts, not a single one. For a query, call embed_query.")
    for position, text in enumerate(texts):
        if not text.strip():
            raise ValueError(f"Text {position + 1} of {len(texts)} is blank: there is nothing to embed.")


def read_rows(raw: ArrayLike, *, count: int, source: str) -> NDArray[np.float32]:
    """Return what a provider answered as an array of one row a text.

    Args:
        raw: anything that NumPy reads as numbers.
        count: how many texts were sent.
        source: provider and model, for the error message.

    Returns:
        float32 array of shape ``(count, width)``, width at least 1.

    Raises:
        InvalidEmbeddingError: not a table of numbers, or not one row a text.
    """
    import numpy as np

    try:
        with np.errstate(over="ignore"):  # too large for float32 becomes infinite, which is reported as such
            rows = np.ascontiguousarray(raw, dtype=np.float32)
    except Exception as exc:  # what an answer holds may raise anything, such as OverflowError for a number too large
        problem = type(exc).__name__
        rows = None
        del raw  # it may quote what was sent, and an error page shows variables
    if rows is None:
        raise InvalidEmbeddingError(
            f"{source} returned something that is not {_rows(count)} of equally many numbers ({problem})."
        )
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise InvalidEmbeddingError(f"{source} returned an array of shape {rows.shape} instead of {_rows(count)}.")
    if len(rows) != count:
        raise InvalidEmbeddingError(f"{source} returned {_rows(len(rows))} for {count} texts.")
    return rows


def check_width(rows: NDArray[np.float32], dimensions: int, *, source: str) -> None:
    """Raise ``DimensionsError`` unless every row has ``dimensions`` numbers."""
    if rows.shape[1] != dimensions:
        raise DimensionsError(
            f"{source} returned vectors of {rows.shape[1]} dimensions where {dimensions} are expected. "
            "If the model has changed, build its index again: python manage.py update_vector_index"
        )


def to_unit_length(rows: NDArray[np.float32], *, source: str) -> NDArray[np.float32]:
    """Return the rows scaled to length 1.

    Only directions are compared (cosine), and numbers of this size survive pgvector's half precision, which ends at
    65,504 and loses what is below 0.00000006.

    Raises:
        InvalidEmbeddingError: a row holds NaN or infinity, or nothing but zeros (which no cosine search can find).
    """
    import numpy as np

    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        position = int(finite.argmin())
        raise InvalidEmbeddingError(f"{source} returned NaN or infinity for {_text(position, len(rows))}.")
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    if not lengths.all():
        position = int((lengths[:, 0] != 0).argmin())
        raise InvalidEmbeddingError(f"{source} returned nothing but zeros for {_text(position, len(rows))}.")
    return np.ascontiguousarray(rows / lengths, dtype=np.float32)


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _text(position: int, count: int) -> str:
    return f"text {position + 1} of {count}"
