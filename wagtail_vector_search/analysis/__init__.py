"""Text -> terms: what a word is, in every language. Pure: pages, queries, passages and highlighting use the same.

analyzer    one language: tokens with their terms and offsets; start here
folding     case, accents, ligatures and letter forms
languages   stemmers, elided words, stop words
dictionary  words that are no typing errors although no page has them
scripts     Chinese, Japanese, Korean, Thai and others without spaces; ``chinese`` makes two scripts one
registry    the analyzer of each language, as ``ANALYZERS`` in settings names it
postgres    stems by a text-search configuration of PostgreSQL, for sites with dictionaries of their own
"""

from typing import Any

from .analyzer import Analyzer, address_term, is_title_term, title_term
from .registry import DEFAULT_ANALYZER, analysis_fingerprint, get_analyzer, get_analyzers
from .values import Extra, Kind, TermCounts, Token


def __getattr__(name: str) -> Any:
    """Import what needs a database only where it is used."""
    if name == "PostgresAnalyzer":
        from .postgres import PostgresAnalyzer

        return PostgresAnalyzer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "DEFAULT_ANALYZER",
    "Analyzer",
    "Extra",
    "Kind",
    "TermCounts",
    "Token",
    "address_term",
    "analysis_fingerprint",
    "get_analyzer",
    "get_analyzers",
    "is_title_term",
    "title_term",
]
