"""What a page says: page -> document of sections -> chunks. Knows of Wagtail's fields, not of our tables."""

from .chunking import chunk_document
from .document import Chunk, Document, KeywordText, Section, keyword_query, keyword_text
from .extraction import EXTRACTION_VERSION, extract_document
from .fields import EmbeddingField
from .hashing import content_hash, hash_text
from .text import clean_line, clean_text, displayable, heading_anchor, segment_cjk

__all__ = [
    "EXTRACTION_VERSION",
    "Chunk",
    "Document",
    "EmbeddingField",
    "KeywordText",
    "Section",
    "chunk_document",
    "clean_line",
    "clean_text",
    "content_hash",
    "displayable",
    "extract_document",
    "hash_text",
    "heading_anchor",
    "keyword_query",
    "keyword_text",
    "segment_cjk",
]
