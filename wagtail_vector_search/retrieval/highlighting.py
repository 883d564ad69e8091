"""Text with the words of a query marked. Everything is escaped before a mark is set. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from ..content import displayable, segment_cjk
from .loading import spellings

#: Characters of a query that are read: a pattern of a million words would take minutes.
_MAX_QUERY_LENGTH = 1000
_MAX_WORDS = 50
#: Shorter words of a query are mostly "the" and "how"; they are marked only in a query that has no other word.
_LONG_WORD = 4
_WORD = re.compile(r"\w+")


def highlight(text: object, query: str | Iterable[str] | None) -> SafeString:
    """Return plain text as HTML, with the words of a query inside ``<mark>``.

    A word is marked when it begins like a word of the query, so that "loops" is marked for "loop". Bidirectional
    overrides, control characters and floods of accents are left out: a title may hold them.

    Args:
        text: Plain text; markup in it is escaped.
        query: The query; or its terms, ``results.terms``, which know the language's endings and stop words.

    Returns:
        Safe HTML whose only markup is ``<mark>``.
    """
    plain = "" if text is None else displayable(str(text))
    if isinstance(query, str):
        beginnings = _beginnings(query)
    else:
        beginnings = [spelling for term in islice(query or (), _MAX_WORDS) if term for spelling in spellings(term)]
    if not beginnings:
        return escape(plain)
    # The longest first, so that a run of Chinese is marked whole rather than by its first pair of characters.
    longest_first = sorted(islice(dict.fromkeys(beginnings), _MAX_WORDS), key=len, reverse=True)
    # Chinese and Japanese have no spaces around words.
    patterns = [
        rf"\b{re.escape(beginning)}\w*" if segment_cjk(beginning) == beginning else re.escape(beginning)
        for beginning in longest_first
    ]
    pieces = re.split(f"({'|'.join(patterns)})", plain, flags=re.IGNORECASE)
    # Text and marked words take turns.
    html = (f"<mark>{escape(piece)}</mark>" if n % 2 else escape(piece) for n, piece in enumerate(pieces))
    return mark_safe("".join(html))  # noqa: S308


def _beginnings(query: str) -> list[str]:
    """Return how the words of a query begin; of a plural, how its singular does."""
    text = query[:_MAX_QUERY_LENGTH].lower()
    words = [*_WORD.findall(text), *_WORD.findall(segment_cjk(text))]
    telling = [word for word in words if len(word) >= _LONG_WORD or not word.isascii() or not word.isalpha()]
    return [word.removesuffix("s") if len(word) > _LONG_WORD else word for word in telling or words]
