"""The ways to read a word that no page has, and which of them it is. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from ...analysis import Analyzer, Kind
from ...analysis.folding import fold
from ...ranking import constants
from .errors import most_errors, typing_cost
from .vocabulary import Vocabulary

#: Languages that write compounds as one word, also such as no dictionary has.
_WITH_COMPOUNDS = frozenset({"de", "nl", "da", "sv", "nb", "nn", "no", "is", "fi", "et", "hu"})
#: Letters with accents, and letters with capitals beyond ASCII: Latin, Greek, Cyrillic, Armenian, Arabic.
_WRITTEN = (range(0x00C0, 0x0250), range(0x0370, 0x0590), range(0x0620, 0x06D5), range(0x1E00, 0x2000))
#: What they put between the words.
_LINKS = ("s", "es", "n", "en", "er", "e")


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word of a query that no page has."""

    #: In lower case.
    typed: str
    #: Without accents.
    folded: str
    #: Its term.
    term: str
    #: Whether people use it; ``None`` where that cannot be told.
    is_real: bool | None
    #: Whether the query has no other word that any page has.
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read it: as a term of the site, or as two."""

    word: UnknownWord
    #: What a page must have.
    terms: tuple[str, ...]
    #: Whether it is enough that a page has both, not side by side.
    may_be_apart: bool = False

    @property
    def pattern(self) -> str:
        """What stands in a text that has it, as a regular expression of PostgreSQL. It matches other words, too."""
        terms = self.terms[:1] if self.may_be_apart else self.terms
        return r"\S*\s+".join(map(_pattern, terms))


@dataclass(frozen=True, slots=True)
class Found:
    """What a word is read as."""

    #: The word as a page has it; empty where nothing was corrected.
    word: str
    terms: tuple[str, ...]
    #: Number of pages that have each term.
    frequencies: Mapping[str, int] = field(default_factory=dict)


def find_readings(word: UnknownWord, vocabulary: Vocabulary, analyzers: Sequence[Analyzer]) -> Iterator[Reading]:
    """Yield the ways to read a word that the vocabulary allows."""
    yield from _splits(word, vocabulary, analyzers)
    if not word.is_real:
        for term in vocabulary.find_near(word.term, word.folded):
            yield Reading(word, (term,))


def choose(
    readings: Mapping[Reading, Sequence[str]], vocabulary: Vocabulary, analyzers: Sequence[Analyzer]
) -> Found | None:
    """Return what a word is; ``None`` where it stays as it is.

    Args:
        readings: of one word, each with the stretches of text that may have it, from pages that may be returned.
        vocabulary: of the site.
        analyzers: of the languages of the pages searched.
    """
    corrections = [
        (cost + vocabulary.unlikeliness(reading.word.folded, reading.terms[0]), cost, shown, reading.terms)
        for reading, stretches in readings.items()
        if len(reading.terms) == 1
        for shown in _written(reading.terms[0], stretches, analyzers)
        if (cost := _cost(reading.word, shown)) is not None
    ]
    splits = [
        reading
        for reading, stretches in readings.items()
        if len(reading.terms) > 1
        and stretches
        and (reading.may_be_apart or _side_by_side(reading.terms, stretches, analyzers))
    ]
    best = min(corrections, default=None)
    if splits and (best is None or best[1] > constants.SWAPPED_LETTERS):
        return Found("", splits[0].terms)
    if best is None:
        return None
    _, cost, shown, terms = best
    return Found(shown if cost else "", terms)


def _splits(word: UnknownWord, vocabulary: Vocabulary, analyzers: Sequence[Analyzer]) -> list[Reading]:
    """Return the ways to read a word as two, those of the commonest words first."""
    found: dict[tuple[str, ...], Reading] = {}
    for analyzer in analyzers:
        has_compounds = analyzer.language.code in _WITH_COMPOUNDS
        shortest = constants.SHORTEST_COMPOUND_PART if has_compounds else constants.SHORTEST_PART
        for place in range(shortest, len(word.typed) - shortest + 1):
            second = _term(word.typed[place:], analyzer)
            for first in _without_link(word.typed[:place], shortest) if has_compounds else (word.typed[:place],):
                terms = (_term(first, analyzer), second)
                if all(term in vocabulary.pages for term in terms):
                    found.setdefault(terms, Reading(word, terms, has_compounds))
    rarest = {terms: min(vocabulary.pages[term] for term in terms) for terms in found}
    return sorted(found.values(), key=lambda reading: -rarest[reading.terms])[: constants.MAX_SPLITS]


def _without_link(first: str, shortest: int) -> Iterator[str]:
    yield first
    for link in _LINKS:
        if first.endswith(link) and len(first) - len(link) >= shortest:
            yield first.removesuffix(link)


def _term(word: str, analyzer: Analyzer) -> str:
    tokens = analyzer.tokens(word)
    return tokens[0].term if len(tokens) == 1 else ""


def _cost(word: UnknownWord, shown: str) -> float | None:
    """Return by how many errors a word differs from one of the site; ``None`` if they are too many."""
    meant = "".join(letter for letter in fold(shown) if letter.isalnum())
    if _is_derived(word.folded, meant):
        return None
    limits = constants.MOST_ERRORS if word.is_real is False else constants.MOST_ERRORS_UNLISTED
    most = most_errors(len(word.folded), limits)
    cost = typing_cost(word.folded, meant, most)
    has_other_beginning = meant[:1] != word.folded[:1]
    if has_other_beginning and (word.is_alone or word.is_real is None) and cost > constants.SWAPPED_LETTERS:
        return None
    return cost if cost <= most else None


def _is_derived(typed: str, word: str) -> bool:
    """Whether one word is the other with a syllable more: "unbooked" is no typing error for "booked"."""
    shorter, longer = sorted((typed, word), key=len)
    return len(longer) - len(shorter) > 1 and (longer.endswith(shorter) or typed.startswith(word))


def _written(term: str, stretches: Iterable[str], analyzers: Sequence[Analyzer]) -> set[str]:
    """Return what stands for a term in stretches of text, in lower case."""
    return {
        stretch[start:end].lower()
        for stretch in stretches
        for analyzer in analyzers
        for token in analyzer.tokens(stretch)
        for start, end, found, kind in token.readings
        if found == term and kind in (Kind.WORD, Kind.JOINED)
    }


def _side_by_side(terms: Sequence[str], stretches: Iterable[str], analyzers: Sequence[Analyzer]) -> bool:
    return any(
        (first.term, second.term) == tuple(terms)
        for stretch in stretches
        for analyzer in analyzers
        for first, second in pairwise(analyzer.tokens(stretch))
    )


def _pattern(term: str) -> str:
    """Return what a word with a term begins with: the stemmer may have changed its last letters."""
    kept = term[: max(constants.SHORTEST_PART, len(term) - constants.CHANGED_LETTERS)]
    return r"\W?".join(_letters()[letter] if letter in _letters() else re.escape(letter) for letter in kept)


@cache
def _letters() -> Mapping[str, str]:
    """What may be written for a letter without accents, capitals among it.

    A letter for two is written for the first and the second. PostgreSQL may know capitals of ASCII only.
    """
    written: dict[str, str] = {}
    for code in (code for letters in _WRITTEN for code in letters):
        for letter in fold(unicodedata.normalize("NFKC", chr(code)).casefold()):
            written[letter] = written.get(letter, letter) + chr(code)
    return {letter: f"[{letters}]" for letter, letters in written.items()}
