"""The tables: generations, page states, keyword rows, events, and one embedding model per dimension."""

from .embeddings import (
    AbstractEmbedding,
    Embedding256,
    Embedding384,
    Embedding512,
    Embedding768,
    Embedding1024,
    Embedding1536,
    Embedding3072,
)
from .entries import Entry
from .events import SearchEvent
from .generations import Generation
from .registry import find_vector_table_of, get_vector_table, get_vector_table_of, get_vector_tables
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
    "EntryTerms",
    "Generation",
    "SearchEvent",
    "TermFrequency",
    "find_vector_table_of",
    "get_vector_table",
    "get_vector_table_of",
    "get_vector_tables",
]
