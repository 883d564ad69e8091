"""Where a lexeme stands in a sparse vector."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

from .terms import SPARSE_DIMENSIONS

#: The most non-zero elements that pgvector stores in one sparse vector.
MAX_NONZERO = 16_000


@lru_cache(maxsize=100_000)
def lexeme_position(lexeme: str) -> int:
    """Return the 0-based position of ``lexeme``, the same in every process.

    A hash needs no dictionary table and no lock. With 100,000 lexemes about five pairs share a position.
    """
    return int.from_bytes(blake2b(lexeme.encode(), digest_size=8).digest()) % SPARSE_DIMENSIONS
