"""Measures of times, and typing errors for queries. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from random import Random
from string import ascii_lowercase
from typing import NamedTuple

#: Letters of the shortest word that gets a typing error: a changed "of" could not be corrected.
MIN_LENGTH = 4
_WORD = re.compile(rf"[^\W\d_]{{{MIN_LENGTH},}}")


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed (nearest rank).

    Args:
        values: in any order, at least one.
        share: 0 to 1; .5 is the median.
    """
    return sorted(values)[max(ceil(share * len(values)) - 1, 0)]


class Added(NamedTuple):
    """Medians, in the unit of the times. What slows both of a pair down is not in ``added`` or its quartiles."""

    without: float
    #: Of the differences within the pairs.
    added: float
    #: Lower and upper quartile of the same.
    low: float
    high: float


def compare_pairs(without: Sequence[float], with_it: Sequence[float]) -> Added:
    """Return what is added, from pairs that stand at the same place of both sequences."""
    differences = [after - before for before, after in zip(without, with_it, strict=True)]
    return Added(percentile(without, 0.5), *(percentile(differences, share) for share in (0.5, 0.25, 0.75)))


def misspell(query: str, edits: int, seed: str) -> str:
    """Return a query with typing errors, each in another word while there are enough words.

    An error is a letter that is left out, doubled up, mistaken, or swapped with its neighbour.

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
