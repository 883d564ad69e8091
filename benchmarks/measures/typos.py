"""Typing errors as people make them: one letter left out, doubled up, mistaken, or swapped with its neighbour."""

from __future__ import annotations

import re
from random import Random
from string import ascii_lowercase

#: Shorter words stay as they are: a changed "of" is a typing error that cannot be corrected.
MIN_LENGTH = 4
_WORD = re.compile(rf"[^\W\d_]{{{MIN_LENGTH},}}")


def misspell(query: str, edits: int, seed: str) -> str:
    """Return a query with typing errors, each in another word as long as there are enough words.

    Args:
        query: any text; one without a word of four letters is returned as it is.
        edits: number of errors.
        seed: the same seed makes the same errors.
    """
    random = Random(f"{seed} {edits}")
    words = [match.span() for match in _WORD.finditer(query)]
    chosen = random.sample(words, min(edits, len(words)))
    for start, end in sorted(chosen, reverse=True):
        query = query[:start] + _edit(query[start:end], random) + query[end:]
    return query


def _edit(word: str, random: Random) -> str:
    """Change one letter after the first, which people seldom mistake."""
    at = random.randrange(1, len(word) - 1)
    letter = random.choice([other for other in ascii_lowercase if other != word[at].lower()])
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    edited = [word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :], swapped]
    return random.choice([other for other in edited if other != word])
