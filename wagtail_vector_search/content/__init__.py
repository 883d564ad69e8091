"""What a page says: page -> document of sections -> chunks. Knows Wagtail's fields, and none of our tables."""

from .chunking import chunk_document
from .document import Chunk, Document, Section, content_hash, hash_text
from .extraction import EXTRACTION_VERSION, EmbeddingField, extract_document, is_read_by_title_only
from .markup import with_anchors
from .text import clean_line, clean_text, displayable, heading_anchor

__all__ = [
    "EXTRACTION_VERSION",
    "Chunk",
    "Document",
    "EmbeddingField",
    "Section",
    "chunk_document",
    "clean_line",
    "clean_text",
    "content_hash",
    "displayable",
    "extract_document",
    "hash_text",
    "heading_anchor",
    "is_read_by_title_only",
    "with_anchors",
]
