"""Fingerprints of what is stored, so that unchanged text is neither embedded nor written again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b

from .document import Chunk, Document


def hash_text(text: str) -> str:
    """Return 32 hexadecimal digits that differ when a text differs."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def content_hash(document: Document, chunks: Sequence[Chunk], text_search_config: str) -> str:
    """Return 64 hexadecimal digits that differ when anything stored of a page differs.

    Args:
        document: What the page says.
        chunks: The chunks cut from it.
        text_search_config: The PostgreSQL configuration its words are indexed with.
    """
    # Not astuple, which copies deeply and takes longer than all the rest.
    said = [document.title, document.important, [(part.heading, part.anchor, part.text) for part in document.sections]]
    cut = [(chunk.position, chunk.heading, chunk.anchor, chunk.text) for chunk in chunks]
    stored = [said, cut, text_search_config]
    return blake2b(json.dumps(stored).encode(), digest_size=32).hexdigest()
