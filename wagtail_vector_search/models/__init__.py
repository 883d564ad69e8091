"""The tables: generations, page states, keyword rows, events, and one embedding model per dimension."""

from .embeddings import (
    AbstractPageEmbedding,
    PageEmbedding256,
    PageEmbedding384,
    PageEmbedding512,
    PageEmbedding768,
    PageEmbedding1024,
    PageEmbedding1536,
    PageEmbedding3072,
)
from .events import SearchEvent
from .generations import VectorIndex
from .registry import get_embedding_model, get_embedding_models
from .states import PageIndexState
from .terms import PageTerms, TermStatistics

__all__ = [
    "AbstractPageEmbedding",
    "PageEmbedding256",
    "PageEmbedding384",
    "PageEmbedding512",
    "PageEmbedding768",
    "PageEmbedding1024",
    "PageEmbedding1536",
    "PageEmbedding3072",
    "PageIndexState",
    "PageTerms",
    "SearchEvent",
    "TermStatistics",
    "VectorIndex",
    "get_embedding_model",
    "get_embedding_models",
]
