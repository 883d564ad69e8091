"""Excerpts of passages with the words of the question marked. Everything is escaped before a mark is set. Pure."""

from __future__ import annotations

import re
from itertools import accumulate

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

EXCERPT_WORDS = 55
WORD = re.compile(r"\w+")
#: Endings that do not change what a word is about, in English and French.
ENDINGS = re.compile(r"(?:ing|ed|es|s|er|ly|ée|ées|és|é|er|ent)$")
#: Words that stand in every question and say nothing about it.
_STOP_WORDS = (
    "a an and are at be by can do does for from how i if in into is it its me my not of on or that the then there this "
    "to was what when where which who why with without you your "
    "à au aux avec ce ces comment dans de des du elle en est et il je la le les leur ne ou par pas pour que qui quoi "
    "se ses son sur un une vous"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())


def highlighted(text: str, query: str) -> SafeString:
    """Return the most telling part of a text as HTML, with the words of a query inside ``<mark>``.

    Args:
        text: plain text of any length.
        query: what the visitor typed.
    """
    stems = query_stems(query)
    excerpt = _excerpt(text, stems)
    pieces: list[str] = []
    end = 0
    for word in WORD.finditer(excerpt):
        if _stem(word.group()) in stems:
            pieces += [escape(excerpt[end : word.start()]), "<mark>", escape(word.group()), "</mark>"]
            end = word.end()
    pieces.append(escape(excerpt[end:]))
    return mark_safe("".join(pieces))  # noqa: S308


def query_stems(query: str) -> frozenset[str]:
    """Return the stems of the words in a query that say what it is about."""
    words = [word for word in WORD.findall(query) if len(word) > 1 or not word.isascii()]
    return frozenset(_stem(word) for word in words if word.lower() not in STOP_WORDS)


def _stem(word: str) -> str:
    word = word.lower()
    stem = ENDINGS.sub("", word)
    return stem if len(stem) >= 3 else word


def _excerpt(text: str, stems: frozenset[str]) -> str:
    """Return the stretch of a long text that holds most of the stems."""
    words = text.split()
    if len(words) <= EXCERPT_WORDS:
        return " ".join(words)
    hits = [0, *accumulate(any(_stem(part) in stems for part in WORD.findall(word)) for word in words)]
    starts = range(len(words) - EXCERPT_WORDS + 1)
    start = max(starts, key=lambda start: (hits[start + EXCERPT_WORDS] - hits[start], -start))
    end = start + EXCERPT_WORDS
    return ("… " if start else "") + " ".join(words[start:end]) + (" …" if end < len(words) else "")
