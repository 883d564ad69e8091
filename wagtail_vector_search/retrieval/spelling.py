"""Typing errors: a word that the site does not know becomes the nearest one that it does.

The site's vocabulary is kept in memory as the terms of its pages. What a visitor is shown is the word as it stands
on a page that this search may return, so that a correction tells nothing of other pages.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..content import segment_cjk
from ..database.execute import fetch_all
from ..database.tables import page_model, quoted, table_name
from ..models import AbstractEmbedding, EntryTerms, TermFrequency
from .candidates import ROW, Candidates
from .prepare import PreparedSearch, QueryTerm

#: Words of a query that are corrected, at most.
MAX_CORRECTIONS = 3
#: Terms looked at for each of them.
MAX_CANDIDATES = 8
#: Terms kept in memory: the most frequent ones, some 10 MB.
VOCABULARY_SIZE = 100_000
#: Generations whose vocabulary is kept.
MAX_VOCABULARIES = 4
#: Seconds after which the vocabulary is read again.
VOCABULARY_SECONDS = 600.0
#: Letters that a stemmer may have left on a misspelt ending.
_LONGEST_ENDING = 4
_SHORTEST_WORD = 4
_TWO_ERRORS_FROM = 8

_WORD = re.compile(rf"[^\W\d_]{{{_SHORTEST_WORD},}}")

_VOCABULARY = """
SELECT term, sum(document_frequency)::bigint AS pages FROM {term_frequency}
WHERE generation_id = %s AND length(term) BETWEEN 3 AND 40
GROUP BY term HAVING sum(document_frequency) > 0
ORDER BY pages DESC, term LIMIT {size}
"""

# The words of one page for each term; those that begin otherwise are not taken to the stemmer.
_SPELLINGS = """
SELECT candidate.term, array_agg(DISTINCT lower(word.token))
FROM unnest(%s::text[]) AS candidate (term)
CROSS JOIN LATERAL (
    SELECT {row}.page_id, {row}.config FROM {entry_terms} AS {row}
    WHERE {row}.generation_id = %s AND {row}.terms @> ARRAY[candidate.term] AND {visible} LIMIT 1
) AS found
CROSS JOIN LATERAL (
    SELECT page.title AS text FROM {page} AS page WHERE page.{key} = found.page_id
    UNION ALL SELECT chunk.heading || ' ' || chunk.text FROM {chunks} AS chunk
    WHERE chunk.page_id = found.page_id AND chunk.generation_id = %s
) AS part
CROSS JOIN LATERAL ts_parse('default', part.text) AS word
WHERE left(lower(word.token), 3) = left(candidate.term, 3)
    AND tsvector_to_array(to_tsvector(found.config::regconfig, word.token)) = ARRAY[candidate.term]
GROUP BY candidate.term
"""


@dataclass(frozen=True, slots=True)
class Correction:
    """A query whose misspelt words are corrected.

    Args:
        text: The query, corrected; empty when nothing was.
        prepared: What is known of it.
    """

    text: str
    prepared: PreparedSearch


def correct_spelling(text: str, prepared: PreparedSearch, candidates: Candidates) -> Correction:
    """Replace words of a query that stand on no page by the nearest that stand on one that may be returned.

    A word of four to seven letters may differ by one letter that is wrong, missing, too much or swapped with the
    next; a longer one by two. No statement where every word is known; else one, and now and then one to read the
    vocabulary.

    Args:
        text: The normalised query.
        prepared: Its terms with their document frequencies.
        candidates: The pages that may be returned.
    """
    misspelt = _find_misspelt(text, prepared.terms)
    if not misspelt:
        return Correction("", prepared)
    vocabulary = _get_vocabulary(candidates.using, prepared.generation.id)
    near = {typed: vocabulary.find_near(term.text, typed) for typed, term in misspelt.items()}
    wanted = sorted({term for terms in near.values() for term in terms})
    spellings = _read_spellings(wanted, prepared, candidates) if wanted else {}
    corrected = {typed: vocabulary.choose(typed, terms, spellings) for typed, terms in near.items()}
    return _apply(text, prepared, misspelt, {typed: found for typed, found in corrected.items() if found})


def _find_misspelt(text: str, terms: Sequence[QueryTerm]) -> dict[str, QueryTerm]:
    """Return the typed word of each term that no page has: the stemmer has changed no more than its ending."""
    typed = [word for word in _WORD.findall(text.lower()) if segment_cjk(word) == word]
    misspelt: dict[str, QueryTerm] = {}
    for term in terms:
        if term.document_frequency or len(misspelt) == MAX_CORRECTIONS:
            continue
        for word in typed:
            if word.startswith(term.text[: max(3, len(term.text) - 1)]):
                misspelt.setdefault(word, term)
                break
    return misspelt


def _read_spellings(
    terms: Sequence[str], prepared: PreparedSearch, candidates: Candidates
) -> Mapping[str, Sequence[str]]:
    chunks: type[AbstractEmbedding] = prepared.generation.get_vector_table()
    page = page_model()
    statement = _SPELLINGS.format(
        row=ROW,
        entry_terms=table_name(EntryTerms),
        visible=candidates.contain_row.text,
        page=table_name(page),
        key=quoted(page._meta.pk.column),
        chunks=table_name(chunks),
    )
    generation_id = prepared.generation.id
    return dict(
        fetch_all(candidates.using, statement, [terms, generation_id, *candidates.contain_row.params, generation_id])
    )


def _apply(
    text: str, prepared: PreparedSearch, misspelt: Mapping[str, QueryTerm], corrected: Mapping[str, Spelling]
) -> Correction:
    if not corrected:
        return Correction("", prepared)
    replaced = {misspelt[typed].text: found for typed, found in corrected.items()}
    terms = [
        replace(term, text=found.term, document_frequency=found.document_frequency)
        if (found := replaced.get(term.text))
        else term
        for term in prepared.terms
    ]
    merged: dict[str, QueryTerm] = {}
    for term in terms:
        known = merged.get(term.text)
        merged[term.text] = replace(known, frequency=known.frequency + term.frequency) if known else term

    def correct(match: re.Match[str]) -> str:
        found = corrected.get(match[0].lower())
        return found.word if found else match[0]

    return Correction(_WORD.sub(correct, text), replace(prepared, terms=tuple(merged.values())))


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word as it stands on a page."""

    word: str
    term: str
    document_frequency: int


@dataclass(frozen=True)
class Vocabulary:
    """The terms of a generation, with the number of pages that have each."""

    pages: Mapping[str, int]
    read_at: float = field(default_factory=time.monotonic)

    @cached_property
    def _terms(self) -> list[str]:
        return [term for term in self.pages if term.isalpha()]

    def find_near(self, term: str, typed: str) -> list[str]:
        """Return the known terms that a misspelt one may stand for, at most ``MAX_CANDIDATES``, nearest first.

        The stemmer may have taken an ending for one that is none; where it found none to take off, the ending itself
        may be what is misspelt.
        """
        allowed = _allowed_errors(typed)
        attempts = [(term, allowed), (typed, allowed)]
        if term == typed:
            cuts = range(1, min(_LONGEST_ENDING, len(typed) - _SHORTEST_WORD) + 1)
            attempts = [(typed, allowed), *((typed[:-cut], 1) for cut in cuts)]
        distances: dict[str, int] = {}
        for attempt, errors in attempts:
            for near, distance in self._within(attempt, errors).items():
                distances[near] = min(distance, distances.get(near, distance))
        return sorted(distances, key=lambda near: (distances[near], -self.pages[near]))[:MAX_CANDIDATES]

    def choose(self, typed: str, terms: Sequence[str], spellings: Mapping[str, Sequence[str]]) -> Spelling | None:
        """Return the word nearest to what was typed; of two that which begins alike, then the commoner."""
        from rapidfuzz.distance import OSA

        allowed = _allowed_errors(typed)
        found = [
            (errors, word[0] != typed[0], -self.pages[term], word, term)
            for term in terms
            for word in spellings.get(term, ())
            if (errors := OSA.distance(typed, word, score_cutoff=allowed)) <= allowed and _is_likely(typed, word)
        ]
        if not found:
            return None
        *_, word, term = min(found)
        return Spelling(word, term, self.pages[term])

    def _within(self, word: str, errors: int) -> dict[str, int]:
        """Return the terms within a number of errors (optimal string alignment), with that number."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found = process.extract(word, self._terms, scorer=OSA.distance, score_cutoff=errors, limit=None)
        return {term: int(distance) for term, distance, _ in found}


_vocabularies: dict[tuple[str, int], Vocabulary] = {}


def _get_vocabulary(using: str, generation_id: int) -> Vocabulary:
    vocabulary = _vocabularies.get((using, generation_id))
    if vocabulary is None or time.monotonic() - vocabulary.read_at > VOCABULARY_SECONDS:
        statement = _VOCABULARY.format(term_frequency=table_name(TermFrequency), size=VOCABULARY_SIZE)
        vocabulary = Vocabulary(dict(fetch_all(using, statement, [generation_id])))
        _vocabularies.pop((using, generation_id), None)
        while len(_vocabularies) >= MAX_VOCABULARIES:
            del _vocabularies[next(iter(_vocabularies))]  # the one read longest ago
        _vocabularies[using, generation_id] = vocabulary
    return vocabulary


def _is_likely(typed: str, word: str) -> bool:
    """Whether a word may be what was meant: with one letter changed, "cake" is as good as "case", and no error."""
    return len(typed) > _SHORTEST_WORD or len(word) > len(typed) or sorted(word) == sorted(typed)


def _allowed_errors(word: str) -> int:
    if len(word) < _SHORTEST_WORD:
        return 0
    return 2 if len(word) >= _TWO_ERRORS_FROM else 1
