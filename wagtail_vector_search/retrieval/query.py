"""What a visitor typed -> what is searched for. Pure."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

from ..content import clean_text

#: Characters looked at for each one that is kept: cleaning a query of megabytes would take seconds.
_READ_AHEAD = 4

# Wagtail's search takes a hyphen for the end of a word, too.
_WORD = re.compile(r"[^\s-]+")


def normalise_query(query: str, max_length: int) -> str:
    """Return a query in one line, cut to ``max_length`` characters; empty when there is nothing to search for.

    NUL, lone surrogates and control characters are removed, white space is folded, and equal spellings of one text
    become equal, so that they share a place in the cache. A query without a letter, digit or symbol is empty.
    """
    text = " ".join(clean_text(query[: max_length * _READ_AHEAD]).split())[:max_length].rstrip()
    return text if any(_says_something(character) for character in text) else ""


def first_words(text: str, count: int) -> tuple[str, int]:
    """Return a text up to the end of its word number ``count``, and the number of words in that."""
    ends = [word.end() for word in islice(_WORD.finditer(text), count)]
    return (text[: ends[-1]], len(ends)) if ends else ("", 0)


def _says_something(character: str) -> bool:
    # Beyond ASCII a character that is no letter may be an emoji, which models do read.
    return character.isalnum() or (not character.isascii() and not _is_punctuation(character))


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PZCM"
