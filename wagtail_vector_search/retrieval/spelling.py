"""Typing errors: a word that the site does not know becomes the nearest one that it does.

The vocabulary of a site, the terms of its pages, is kept in memory. The word that a visitor is shown comes from a page
that this search may return, so that a correction reveals nothing of other pages.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..analysis.scripts import IS_UNSPACED
from ..database.execute import fetch
from ..database.tables import table_name
from ..database.time_limits import OutOfTimeError, in_time
from ..ranking import constants
from ..ranking.values import QueryTerm
from .candidates import ROW
from .search import Search

#: Generations whose vocabulary is kept.
MAX_VOCABULARIES = 4
#: Seconds after which the vocabulary is read again.
VOCABULARY_SECONDS = 600.0

VOCABULARY = """
SELECT term, sum(document_frequency)::bigint AS pages FROM {term_frequency}
WHERE generation_id = %(generation)s AND length(term) BETWEEN 3 AND 40
GROUP BY term HAVING sum(document_frequency) > 0
ORDER BY pages DESC, term LIMIT %(size)s
"""

# The text of one page for each term, as far as it may have the word.
SPELLINGS = """
WITH {closed_path}
SELECT candidate.term, array_agg(part.text) AS texts
FROM unnest(%(terms)s::text[]) AS candidate (term)
CROSS JOIN LATERAL (
    SELECT {row}.page_id FROM {entry_terms} AS {row}
    WHERE {row}.generation_id = %(generation)s AND {row}.terms @> ARRAY[candidate.term] AND {is_candidate} LIMIT 1
) AS found
CROSS JOIN LATERAL (
    SELECT page.title AS text FROM {page} AS page WHERE page.{pk} = found.page_id
    UNION ALL SELECT chunk.heading || ' ' || chunk.text FROM {chunks} AS chunk
    WHERE chunk.page_id = found.page_id AND chunk.generation_id = %(generation)s
) AS part
GROUP BY candidate.term
"""


def correct_spelling(search: Search) -> Search:
    """Replace each word of a query that no page has by the nearest word of a page that may be returned.

    A word of four to seven letters may have one letter that is wrong, missing, added or swapped with the next; a longer
    one may have two. No statement where every word is known; otherwise one, and now and then another to read the
    vocabulary.

    Returns:
        The search for the corrected query; the same one where nothing is corrected, or the database has no time for it.
    """
    misspelt = _find_misspelt(search)
    if not misspelt:
        return search
    try:
        with in_time(search.using, limited=search.limits.has_time_limit):
            vocabulary = _get_vocabulary(search)
            near = {typed: vocabulary.find_near(term.text, typed) for typed, term in misspelt.items()}
            wanted = sorted({term for terms in near.values() for term in terms})
            spellings = _read_spellings(wanted, search) if wanted else {}
    except OutOfTimeError:
        return search
    chosen = {typed: vocabulary.choose(typed, terms, spellings) for typed, terms in near.items()}
    corrected = {typed: found for typed, found in chosen.items() if found}
    return _apply(search, misspelt, corrected) if corrected else search


def _find_misspelt(search: Search) -> dict[str, QueryTerm]:
    """Return the typed words that no page has, each with its term."""
    unknown = {term.text: term for term in search.terms if not term.document_frequency}
    misspelt: dict[str, QueryTerm] = {}
    for word in search.query.words:
        typed = word.typed.lower()
        is_word = typed.isalpha() and len(typed) >= constants.SHORTEST_WORD and not IS_UNSPACED.search(typed)
        if word.terms[0] in unknown and is_word and len(misspelt) < constants.MAX_CORRECTIONS:
            misspelt.setdefault(typed, unknown[word.terms[0]])
    return misspelt


def _read_spellings(terms: Sequence[str], search: Search) -> dict[str, Sequence[str]]:
    """Return for each term the words that stand for it on one page that may be returned."""
    rows = fetch(
        search.using,
        SPELLINGS,
        {**search.candidates.parameters, "terms": terms, "generation": search.generation.id},
        closed_path=search.candidates.closed_path_sql.text,
        row=ROW,
        is_candidate=search.candidates.is_candidate_sql.text,
        chunks=table_name(search.generation.get_vector_table()),
    )
    return {
        row.term: [
            text[token.start : token.end].lower()
            for text in row.texts
            for analyzer in search.analyzers
            for token in analyzer.tokens(text)
            if token.term == row.term
        ]
        for row in rows
    }


def _apply(search: Search, misspelt: Mapping[str, QueryTerm], corrected: Mapping[str, Spelling]) -> Search:
    """Return the search for a query with words replaced; two words that are corrected to one count twice."""
    replaced = {misspelt[typed].text: found for typed, found in corrected.items()}
    merged: dict[str, QueryTerm] = {}
    for term in search.terms:
        if found := replaced.get(term.text):
            term = replace(term, text=found.term, document_frequency=found.document_frequency)
        same = merged.get(term.text)
        merged[term.text] = replace(same, frequency=same.frequency + term.frequency) if same else term

    return replace(
        search,
        corrected_text=_correct_words(search.text, search, corrected),
        corrected_query=_correct_words(search.typed_query.written, search, corrected),
        terms=tuple(merged.values()),
    )


def _correct_words(text: str, search: Search, corrected: Mapping[str, Spelling]) -> str:
    """Return the query, or what is asked for in it, with words replaced: both have the same offsets."""
    result, end = "", 0
    for word in search.query.words:
        if found := corrected.get(word.typed.lower()):
            result, end = result + text[end : word.start] + found.word, word.end
    return result + text[end:]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word as a page has it."""

    word: str
    term: str
    document_frequency: int


@dataclass(frozen=True)
class Vocabulary:
    """The terms of a generation."""

    #: Number of pages that have each term.
    pages: Mapping[str, int]
    read_at: float = field(default_factory=time.monotonic)

    @cached_property
    def _terms(self) -> list[str]:
        return [term for term in self.pages if term.isalpha()]

    def find_near(self, term: str, typed: str) -> list[str]:
        """Return the known terms that a misspelt one may stand for, at most ``MAX_SPELLINGS``, nearest first.

        The stemmer may have cut off letters of a misspelt word that are no ending. Where it cut off nothing, the ending
        may be what is misspelt.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        allowed = _allowed_errors(typed)
        attempts = [(term, allowed), (typed, allowed)]
        if term == typed:
            cuts = range(1, min(constants.LONGEST_ENDING, len(typed) - constants.SHORTEST_WORD) + 1)
            attempts = [(typed, allowed), *((typed[:-cut], 1) for cut in cuts)]
        distances: dict[str, int] = {}
        for attempt, errors in attempts:
            # Optimal string alignment: a swap of two letters is one error.
            found = process.extract(attempt, self._terms, scorer=OSA.distance, score_cutoff=errors, limit=None)
            for near, distance, _ in found:
                distances[near] = min(int(distance), distances.get(near, int(distance)))
        return sorted(distances, key=lambda near: (distances[near], -self.pages[near]))[: constants.MAX_SPELLINGS]

    def choose(self, typed: str, terms: Sequence[str], spellings: Mapping[str, Sequence[str]]) -> Spelling | None:
        """Return the word nearest to what was typed; of two that which begins alike, then the commoner."""
        from rapidfuzz.distance import OSA

        allowed = _allowed_errors(typed)
        found = [
            (errors, word[0] != typed[0], -self.pages[term], word, term)
            for term in terms
            for word in spellings.get(term, ())
            if (errors := OSA.distance(typed, word, score_cutoff=allowed)) <= allowed
            # In a short word a changed letter makes another word: "cake" and "case".
            if len(typed) > constants.SHORTEST_WORD or len(word) > len(typed) or sorted(word) == sorted(typed)
        ]
        if not found:
            return None
        *_, word, term = min(found)
        return Spelling(word, term, self.pages[term])


_vocabularies: dict[Hashable, Vocabulary] = {}


def _get_vocabulary(search: Search) -> Vocabulary:
    # Tenants and test databases share an alias and count their generations from 1; they do not share the moment.
    key = (search.using, search.generation.id, search.generation.created_at)
    vocabulary = _vocabularies.get(key)
    if vocabulary is None or time.monotonic() - vocabulary.read_at > VOCABULARY_SECONDS:
        parameters = {"generation": search.generation.id, "size": constants.VOCABULARY_SIZE}
        vocabulary = Vocabulary({row.term: row.pages for row in fetch(search.using, VOCABULARY, parameters)})
        _vocabularies.pop(key, None)
        while len(_vocabularies) >= MAX_VOCABULARIES:
            del _vocabularies[next(iter(_vocabularies))]  # the one read longest ago
        _vocabularies[key] = vocabulary
    return vocabulary


def forget_vocabularies() -> None:
    """Read the vocabulary again at the next misspelt word."""
    _vocabularies.clear()


def _allowed_errors(word: str) -> int:
    if len(word) < constants.SHORTEST_WORD:
        return 0
    return 2 if len(word) >= constants.TWO_ERRORS_FROM else 1
