"""Query -> ranked pages.

What happens when a visitor presses Enter, in the order of reading::

    rank        the path of a query, top to bottom: read it first, then follow it into
    syntax      the operators of a query: quotes and hyphens
    values      what a search is asked for, knows and returns
    candidates  the pages that may be returned, as SQL
    languages   the languages of those pages
    query       the words of the query in each language
    search      one search, and its first statement: generation, terms, number of candidates
    at_once     the legs in that statement, where the process knows what they need
    narrowing   phrases and exclusions narrow the candidates; what they ask of a text is in ``phrases``
    spelling    the correction of misspelt words
    embedding   the vector of the query: cache, deadline, circuit breaker, budget
    semantic    the leg by vectors: HNSW index or exact scan
    keywords    the leg by terms: BM25
    feedback    the terms of the best pages refine the keyword leg
    loading     from a ranking to pages with passages

Numbers and formulas are in ``ranking``, the rule of who may see what in ``visibility``. Besides: ``related`` and
``curated`` (pages like a page), ``unsaved`` (a draft among the pages), ``explanation``, ``highlighting``, ``signals``
and ``site_search`` (search in one call). Imports go from the bottom of that list to its top, never back.
"""

from ..database.tables import page_model
from ..ranking.values import KEYWORD, PINNED, SEMANTIC, RankedPage
from ..visibility.pages import visible_pages, visible_to
from .explanation import explain_pages
from .highlighting import highlight
from .loading import find_shown, load_pages, sort_ranking
from .rank import rank_pages
from .related import related_pages
from .search import normalise_query
from .signals import search_degraded
from .site_search import search_pages
from .syntax import parse_query
from .unsaved import UnsavedPage
from .values import DegradedReason, Explanation, Legs, MatchedTerm, Ranking, SearchHit, SearchPassage

__all__ = [
    "KEYWORD",
    "PINNED",
    "SEMANTIC",
    "DegradedReason",
    "Explanation",
    "Legs",
    "MatchedTerm",
    "RankedPage",
    "Ranking",
    "SearchHit",
    "SearchPassage",
    "UnsavedPage",
    "explain_pages",
    "find_shown",
    "highlight",
    "load_pages",
    "normalise_query",
    "page_model",
    "parse_query",
    "rank_pages",
    "related_pages",
    "search_degraded",
    "search_pages",
    "sort_ranking",
    "visible_pages",
    "visible_to",
]
