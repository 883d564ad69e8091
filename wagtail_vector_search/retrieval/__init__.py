"""Query -> ranked pages. ``search.py`` is the path of a query, top to bottom."""

from ..database.tables import page_model
from ..visibility.pages import visible_pages, visible_to
from .explanation import Explanation, MatchedWord, explain_pages
from .highlighting import highlight
from .loading import load_pages
from .query import first_words, normalise_query
from .related import related_pages
from .results import KEYWORD, PINNED, SEMANTIC, DegradedReason, Legs, RankedPage, Ranking, SearchPassage
from .search import rank_pages
from .signals import search_degraded
from .site_search import search_pages
from .unsaved import UnsavedPage

__all__ = [
    "KEYWORD",
    "PINNED",
    "SEMANTIC",
    "DegradedReason",
    "Explanation",
    "Legs",
    "MatchedWord",
    "RankedPage",
    "Ranking",
    "SearchPassage",
    "UnsavedPage",
    "explain_pages",
    "first_words",
    "highlight",
    "load_pages",
    "normalise_query",
    "page_model",
    "rank_pages",
    "related_pages",
    "search_degraded",
    "search_pages",
    "visible_pages",
    "visible_to",
]
