"""The tables: generations, entries, their terms, search events, and one vector table per dimension."""

from .embeddings import (
    AbstractEmbedding,
    Embedding256,
    Embedding384,
    Embedding512,
    Embedding768,
    Embedding1024,
    Embedding1536,
    Embedding3072,
    find_vector_table_of,
    get_vector_table,
    get_vector_table_of,
    get_vector_tables,
)
from .entries import Entry, EntryRequest
from .events import SearchEvent
from .generations import Generation
from .pages import GoesWithPage
from .terms import EntryTerms, TermFrequency

__all__ = [
    "AbstractEmbedding",
    "Embedding256",
    "Embedding384",
    "Embedding512",
    "Embedding768",
    "Embedding1024",
    "Embedding1536",
    "Embedding3072",
    "Entry",
    "EntryRequest",
    "EntryTerms",
    "Generation",
    "GoesWithPage",
    "SearchEvent",
    "TermFrequency",
    "find_vector_table_of",
    "get_vector_table",
    "get_vector_table_of",
    "get_vector_tables",
]
