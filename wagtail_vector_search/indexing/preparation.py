"""What a page says, in the form in which it is stored: words for the keyword side, chunks for the vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wagtail.models import Page

from ..content import Chunk, Document, chunk_document, content_hash, extract_document, hash_text
from ..generations.writable import Target
from .primary import reading_from


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """One page, cut and hashed, not written yet."""

    page_id: Any
    document: Document
    chunks: list[Chunk]
    #: PostgreSQL text-search configuration of the page's locale.
    config: str
    #: Equal hashes mean that equal rows are stored.
    content_hash: str

    def texts(self) -> list[str]:
        """Return what the model sees of each chunk."""
        return [chunk.embedded_text(self.document.title) for chunk in self.chunks]


def prepare_page(page: Page, language_code: str, target: Target) -> PreparedPage:
    """Extract, cut and hash one page. A page that says nothing at all has no chunks."""
    settings = target.settings
    with reading_from(target.using):
        document = extract_document(page)
    chunks = chunk_document(document, words=settings.chunk_words, overlap=settings.chunk_overlap)
    config = settings.text_search_config(language_code)
    # BM25 weights depend on the average length of a page, so that they are rewritten when that has drifted.
    stored = f"{content_hash(document, chunks, config)}:{target.generation.average_length!r}"
    return PreparedPage(page.pk, document, chunks, config, hash_text(stored))
