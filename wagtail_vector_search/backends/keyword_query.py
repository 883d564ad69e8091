"""The query that the keyword backend gets: of the same kind as was asked, with its text cleaned and cut."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from modelsearch.query import And, Boost, Fuzzy, Not, Or, Phrase, PlainText, SearchQuery

from ..retrieval import normalise_query, parse_query

#: Words of a query, in all its parts together: Wagtail's database search builds an expression from them that is nested
#: once a word, and fails with a RecursionError beyond some 150.
MAX_WORDS = 64
#: Nesting of queries that is followed; what stands deeper is left out.
MAX_DEPTH = 16

# Wagtail's search ends a word at a hyphen, too.
_WORD = re.compile(r"[^\s-]+")
_WITH_TEXT = (PlainText, Phrase, Fuzzy)


def clean_query(query: Any, max_length: int) -> Any:
    """Take out of a query what no database accepts, and cut it.

    Args:
        query: Plain text or a query class of ``wagtail.search.query``, of any size and content.
        max_length: Characters that each text in it may have.

    Returns:
        A query of the same kind; the one given is not changed. An empty string, which finds nothing, when it has no
        text to search for.
    """
    cleaning = _Cleaning(max_length)
    if isinstance(query, str):
        return cleaning.text(query)
    cleaned = cleaning.query(query)
    return "" if cleaned is None and query is not None else cleaned


def structure_query(text: str) -> Any:
    """Return a query with its phrases and exclusions as the keyword backend understands them; any of its words will do.

    Args:
        text: What a visitor typed, normalised.

    Returns:
        The same text where it has no operators.
    """
    typed = parse_query(text)
    if not typed.has_operators:
        return text
    excluded = (
        _phrase(exclusion.text) if exclusion.is_quoted else PlainText(exclusion.text, operator="and")
        for exclusion in typed.exclusions
    )
    phrases = (_phrase(phrase.text) for phrase in typed.phrases)
    return And([PlainText(typed.words, operator="or"), *phrases, *map(Not, excluded)])


def _phrase(text: str) -> Phrase:
    # Wagtail's search on SQLite puts it in straight quotes and fails on one inside.
    return Phrase(" ".join(text.replace('"', " ").split()))


class _Cleaning:
    """One query with all its parts, which share the words that it may have."""

    def __init__(self, max_length: int) -> None:
        self._max_length = max_length
        self._words_left = MAX_WORDS

    def text(self, text: str) -> str:
        """Return a text that is normalised and cut to the words that are left."""
        normalised = normalise_query(text, self._max_length)
        ends = [word.end() for word in islice(_WORD.finditer(normalised), self._words_left)]
        self._words_left -= len(ends)
        return normalised[: ends[-1]] if ends else ""

    def query(self, query: Any, depth: int = 0) -> Any:
        """Return ``None`` for a query of which nothing is left."""
        if depth > MAX_DEPTH:
            return None
        if isinstance(query, (And, Or)):
            cleaned = (self.query(operand, depth + 1) for operand in _operands(query))
            kept = [operand for operand in cleaned if operand is not None]
            return _with(query, subqueries=kept) if len(kept) > 1 else next(iter(kept), None)
        if isinstance(query, (Boost, Not)):
            subquery = self.query(query.subquery, depth + 1)
            return subquery and _with(query, subquery=subquery)
        if isinstance(query, _WITH_TEXT):
            text = self.text(query.query_string)
            return _with(query, query_string=text) if text else None
        return query


def _operands(query: And | Or) -> Iterator[SearchQuery]:
    """Yield what is combined; ``a | b | c | d``, which nests once an operator, is flat."""
    waiting: list[SearchQuery] = [query]
    while waiting:
        operand = waiting.pop()
        if type(operand) is type(query):
            waiting.extend(reversed(operand.subqueries))
        else:
            yield operand


def _with(query: SearchQuery, **attributes: Any) -> SearchQuery:
    changed = copy.copy(query)
    vars(changed).update(attributes)
    return changed
