"""Text with the words of a query marked, as the search has read both. Everything is escaped before a mark is set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from django.conf import settings
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from ..analysis import Analyzer, Kind, Token, get_analyzer
from ..analysis.scripts import IS_UNSPACED
from ..content import displayable
from .query import analyse_query
from .syntax import parse_query
from .values import SearchTerms

#: Characters of a query that are read, and terms that are looked for.
_MAX_QUERY_LENGTH = 1000
_MAX_TERMS = 200


def highlight(text: object, query: object) -> SafeString:
    """Return plain text as HTML, with the words of a query inside ``<mark>``.

    A word is marked as a whole, and only where the search would find it: "loops" for "loop", "e-mail" for "email",
    "Öffnungszeiten" for "offnungszeiten". Bidirectional overrides, control characters and floods of accents are left
    out: a title may hold them.

    Args:
        text: Plain text; markup in it is escaped.
        query: ``results.terms``, which know the languages of the pages; the query, which is read in the active
            language; or a list of terms. Anything else marks nothing.

    Returns:
        Safe HTML whose only markup is ``<mark>``.
    """
    plain = "" if text is None else displayable(str(text))
    terms, analyzers = _terms_of(query)
    if not terms or not plain:
        return escape(plain)
    html, end = [], 0
    for start, stop in _merge(span for analyzer in analyzers for span in _find(plain, terms, analyzer)):
        html += [escape(plain[end:start]), "<mark>", escape(plain[start:stop]), "</mark>"]
        end = stop
    return mark_safe("".join([*html, escape(plain[end:])]))  # noqa: S308


def _terms_of(query: object) -> tuple[frozenset[str], Sequence[Analyzer]]:
    if isinstance(query, SearchTerms) and query.analyzers:
        return frozenset(query[:_MAX_TERMS]), query.analyzers
    analyzers = (get_analyzer(get_language() or settings.LANGUAGE_CODE, {}),)
    if isinstance(query, (int, float, Promise)) and not isinstance(query, bool):
        query = str(query)
    if not isinstance(query, str):
        terms = query if isinstance(query, Iterable) else ()
        return frozenset(term for term in islice(terms, _MAX_TERMS) if isinstance(term, str) and term), analyzers
    read = analyse_query(parse_query(query[:_MAX_QUERY_LENGTH]).text, analyzers)
    words = {term for word in read.words for term in word.terms}
    words |= {term for word in read.words for term, kind in word.extras.items() if kind is not Kind.PART}
    return frozenset(islice([*words, *(one.term for one in read.joined)], _MAX_TERMS)), analyzers


def _find(text: str, terms: Collection[str], analyzer: Analyzer) -> Iterable[tuple[int, int]]:
    """Yield the spans of text that one of the terms stands for."""
    for token in analyzer.tokens(text):
        for reading in token.readings:
            if reading.term in terms:
                yield (reading.start, reading.end) if _has_span(reading.kind, token, text) else (token.start, token.end)


def _has_span(kind: Kind, token: Token, text: str) -> bool:
    """Whether a further term is marked where it stands: several words, or a part of a word in Chinese and the like."""
    return kind is Kind.JOINED or IS_UNSPACED.search(text, token.start, token.end) is not None


def _merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
