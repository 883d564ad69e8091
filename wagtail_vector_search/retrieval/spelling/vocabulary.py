"""The terms of a site, kept in memory, and which of them a word may stand for."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import log10

from ...analysis.folding import fold
from ...database.execute import fetch
from ...ranking import constants
from ..search import Search
from .errors import typing_cost

#: Generations whose vocabulary is kept.
MAX_VOCABULARIES = 4
#: Seconds after which the vocabulary is read again.
VOCABULARY_SECONDS = 600.0

# Terms with accents stand beside those without; "=" begins the term of a title.
VOCABULARY = """
SELECT term, sum(document_frequency)::bigint AS pages FROM {term_frequency}
WHERE generation_id = %(generation)s AND length(term) BETWEEN 3 AND 40 AND term !~ %(is_no_word)s
GROUP BY term HAVING sum(document_frequency) > 0
ORDER BY pages DESC, term LIMIT %(size)s
"""
IS_NO_WORD = "[=0-9\u00c0-\u024f\u1e00-\u1eff]"


@dataclass(frozen=True)
class Vocabulary:
    """The terms of a generation."""

    #: Number of pages that have each term.
    pages: Mapping[str, int]
    read_at: float = field(default_factory=time.monotonic)

    @cached_property
    def _terms(self) -> list[str]:
        return [term for term in self.pages if term.isalpha()]

    def frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """Return the number of pages that have each of some terms of the vocabulary."""
        return {term: self.pages[term] for term in terms}

    def find_near(self, term: str, typed: str) -> list[str]:
        """Return the terms that a misspelt word may stand for, at most ``MAX_SPELLINGS``, likeliest first.

        A term has no ending, and the stemmer may have left one on a misspelt word, or cut off letters that are none. So
        beginnings of the word are compared, too.

        Args:
            term: of the word.
            typed: the word in lower case, without accents.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        cuts = range(1, min(constants.LONGEST_ENDING, len(typed) - constants.SHORTEST_WORD + 1) + 1)
        attempts = {typed: 0.0, term: 0.0} | {typed[:-cut]: constants.CUT_LETTER * cut for cut in cuts}
        near: dict[str, float] = {}
        for attempt, cost in attempts.items():
            errors = min(_whole_errors(len(typed)), max(len(attempt) // 2, 1))
            for found, _, _ in process.extract(
                attempt, self._terms, scorer=OSA.distance, score_cutoff=errors, limit=None
            ):
                total = cost + typing_cost(attempt, found, errors) + self.unlikeliness(typed, found)
                near[found] = min(total, near.get(found, total))
        if not near:
            return []
        most = min(near.values()) + constants.LESS_LIKELY
        likely = (found for found in near if near[found] <= most)
        return sorted(likely, key=lambda found: (near[found], found))[: constants.MAX_SPELLINGS]

    def unlikeliness(self, typed: str, term: str) -> float:
        """Return what is added to the errors to tell terms apart: people seldom miss the first letter, nor rare words.

        Args:
            typed: the word in lower case, without accents.
            term: of this vocabulary.
        """
        missed = 0.0 if term[:1] == typed[:1] else constants.OTHER_FIRST_LETTER
        return missed - constants.SPELLING_POPULARITY * log10(self.pages[term])


def _whole_errors(length: int) -> int:
    """Return how many errors of any kind a term may have to be looked at closely."""
    return 1 if length < constants.TWO_ERRORS_FROM else 2 if length < constants.THREE_ERRORS_FROM else 3


_lock = threading.Lock()
_vocabularies: dict[Hashable, Vocabulary] = {}


def get_vocabulary(search: Search) -> Vocabulary:
    """Return the vocabulary of the generation that is searched; one statement now and then."""
    # Tenants and test databases share an alias and count their generations from 1; they do not share the moment.
    key = (search.using, search.generation.id, search.generation.created_at)
    with _lock:
        vocabulary = _vocabularies.get(key)
    if vocabulary is None or time.monotonic() - vocabulary.read_at > VOCABULARY_SECONDS:
        parameters = {
            "generation": search.generation.id,
            "size": constants.VOCABULARY_SIZE,
            "is_no_word": IS_NO_WORD,
        }
        rows = fetch(search.using, VOCABULARY, parameters)
        vocabulary = Vocabulary({row.term: row.pages for row in rows if fold(row.term) == row.term})
        with _lock:
            _vocabularies.pop(key, None)
            while len(_vocabularies) >= MAX_VOCABULARIES:
                del _vocabularies[next(iter(_vocabularies))]  # the one read longest ago
            _vocabularies[key] = vocabulary
    return vocabulary


def forget_vocabularies() -> None:
    """Read the vocabulary again at the next misspelt word."""
    with _lock:
        _vocabularies.clear()
