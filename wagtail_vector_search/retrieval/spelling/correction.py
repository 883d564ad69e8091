"""What becomes of the words of a query that no page has.

The vocabulary of a site, the terms of its pages, is kept in memory. The word that a visitor is shown comes from a page
that this search may return, so that a correction reveals nothing of other pages.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...analysis.folding import fold
from ...analysis.scripts import IS_UNSPACED
from ...database.execute import fetch
from ...database.tables import table_name
from ...health import UnreadableError, reading
from ...ranking import constants
from ...ranking.values import QueryTerm
from ..candidates import ROW
from ..keywords import described_sql, keyword_statement
from ..search import Search
from ..values import EarlyHits, FoundRow, Legs
from .reading import Found, Reading, UnknownWord, choose, find_readings
from .vocabulary import Vocabulary, get_vocabulary

logger = logging.getLogger(__name__)

#: Pages looked at for each reading, and stretches of text that are read of them.
PAGES = 50
STRETCHES = 300

# Stretches of text between white space that may have what is looked for, of pages that may be returned. What is
# likeliest is searched for at the same time: mostly it is what is found.
SPELLINGS = """
WITH {closed_path}
SELECT NULL::bigint AS number, NULL::text[] AS stretches, page_id, score, published, has_vectors
FROM ({keyword}) AS scored
UNION ALL SELECT reading.number, array(
    SELECT DISTINCT stretch FROM (
        SELECT (regexp_matches(part.text, reading.stretch, 'gi'))[1] AS stretch
        FROM (
            SELECT {row}.page_id FROM {entry_terms} AS {row}
            WHERE {row}.generation_id = %(generation)s AND {row}.terms @> ARRAY[reading.first, reading.last]
            AND {is_candidate} LIMIT %(pages)s
        ) AS found
        CROSS JOIN LATERAL (
            SELECT page.title AS text FROM {page} AS page WHERE page.{pk} = found.page_id
            UNION ALL SELECT chunk.heading || ' ' || chunk.text FROM {chunks} AS chunk
            WHERE chunk.page_id = found.page_id AND chunk.generation_id = %(generation)s
        ) AS part
        WHERE part.text ~* reading.pattern
        LIMIT %(stretches)s
    ) AS written
), NULL, NULL, NULL, NULL
FROM unnest(%(first)s::text[], %(last)s::text[], %(patterns)s::text[], %(around)s::text[])
    WITH ORDINALITY AS reading (first, last, pattern, stretch, number)
"""


def correct_words(search: Search) -> Search:
    """Find what the words that no page has stand for: typing errors, and compounds that pages write apart.

    A word that people use is never replaced: one that the model knows, or that a list of its language has. Where that
    cannot be told, only what is most likely an error is one. No statement where every word is known; otherwise at most
    one, and now and then another to read the vocabulary.

    Returns:
        The search for what was found; the same one where nothing was, or the database has no time for it. Its text,
        which is embedded, stays as it was typed.
    """
    unknown = _find_unknown(search) if search.settings.correct_spelling else []
    if not unknown:
        return search
    try:
        with reading(search.using):
            vocabulary = get_vocabulary(search)
            readings = [reading for word in unknown for reading in find_readings(word, vocabulary, search.analyzers)]
            if not readings:
                return search
            likeliest = _apply(search, _choose_likeliest(readings, vocabulary))
            stretches, hits = _read_stretches(readings, likeliest)
    except UnreadableError:
        return search
    found = {}
    for word in unknown:
        own = {reading: texts for reading, texts in stretches.items() if reading.word == word}
        if chosen := choose(own, vocabulary, search.analyzers):
            found[word] = replace(chosen, frequencies=vocabulary.frequencies(chosen.terms))
    return _with_hits(_apply(search, found), likeliest, hits) if found else search


def _choose_likeliest(readings: Sequence[Reading], vocabulary: Vocabulary) -> dict[UnknownWord, Found]:
    """Return what words are as far as the vocabulary tells: one word rather than two."""
    likeliest: dict[UnknownWord, Reading] = {}
    for one in sorted(readings, key=lambda one: len(one.terms)):
        likeliest.setdefault(one.word, one)
    return {word: Found("", one.terms, vocabulary.frequencies(one.terms)) for word, one in likeliest.items()}


def _with_hits(search: Search, likeliest: Search, hits: Sequence[FoundRow]) -> Search:
    """Return a search with what was found by the likeliest reading, if that is the one."""
    if [replace(term, is_corrected=False) for term in search.terms] != list(likeliest.terms):
        return search
    early = search.early or EarlyHits()
    return replace(search, early=replace(early, keyword=hits, terms=search.terms, candidates=search.candidates))


def _find_unknown(search: Search) -> list[UnknownWord]:
    """Return the words that no page has, each once."""
    missing = {term.text for term in search.terms if not term.document_frequency}
    unknown: dict[str, UnknownWord] = {}
    for word in search.query.words:
        typed = word.typed.lower()
        is_word = typed.isalpha() and len(typed) >= constants.SHORTEST_WORD and not IS_UNSPACED.search(typed)
        if word.terms[0] in missing and is_word and len(unknown) < constants.MAX_CORRECTIONS and typed not in unknown:
            is_alone = len(missing) == len(search.terms)
            folded = fold(typed)
            unknown[typed] = UnknownWord(typed, folded, word.terms[0], _is_real(typed, folded, search), is_alone)
    return list(unknown.values())


def _is_real(typed: str, folded: str, search: Search) -> bool | None:
    """Return whether people use a word; ``None`` where one of the languages, or the model, cannot tell."""
    listed = [analyzer.knows_word(folded) for analyzer in search.analyzers]
    if any(listed):
        return True
    try:
        known = search.generation.get_provider(search.settings).knows_word(typed)
    except Exception as error:
        # It may be a project's own. Neither its message nor the word is for a log.
        logger.warning("The provider could not say whether it knows a word: %s", type(error).__name__)
        known = None
    if known is not None:
        return known
    return False if all(answer is False for answer in listed) else None


def _read_stretches(
    readings: Sequence[Reading], likeliest: Search
) -> tuple[dict[Reading, Sequence[str]], list[FoundRow]]:
    """Return what pages have of each reading, and the hits of the keyword leg for the likeliest ones. One statement."""
    search, keyword = likeliest, keyword_statement(likeliest)
    if keyword is None:
        return {}, []
    chunks = table_name(search.generation.get_vector_table())
    rows = fetch(
        search.using,
        SPELLINGS,
        {
            **keyword.parameters,
            "first": [reading.terms[0] for reading in readings],
            "last": [reading.terms[-1] for reading in readings],
            "patterns": [reading.pattern for reading in readings],
            "around": [rf"\S*{reading.pattern}\S*" for reading in readings],
            "pages": PAGES,
            "stretches": STRETCHES,
        },
        closed_path=search.candidates.closed_path_sql.text,
        row=ROW,
        is_candidate=search.candidates.is_candidate_sql.text,
        chunks=chunks,
        keyword=described_sql(search.using, keyword.text, chunks if Legs.SEMANTIC in search.legs else ""),
    )
    found = [row for row in rows if row.number is None]
    found.sort(key=lambda row: (-row.score, row.page_id))
    stretches = {readings[row.number - 1]: row.stretches for row in rows if row.number is not None}
    return stretches, [
        FoundRow(row.page_id, row.score, published=row.published, has_vectors=row.has_vectors) for row in found
    ]


def _apply(search: Search, found: Mapping[UnknownWord, Found]) -> Search:
    """Return the search with words replaced; two words that become one count twice."""
    replaced = {word.term: chosen for word, chosen in found.items()}
    terms: dict[str, QueryTerm] = {}
    for term in search.terms:
        chosen = replaced.get(term.text)
        for text, pages in chosen.frequencies.items() if chosen else [(term.text, term.document_frequency)]:
            same = terms.get(text)
            frequency = term.frequency + (same.frequency if same else 0)
            is_corrected = bool(chosen and chosen.word) and (same is None or same.is_corrected)
            terms[text] = replace(
                term, text=text, frequency=frequency, document_frequency=pages, is_corrected=is_corrected
            )

    written = {word.typed: chosen.word for word, chosen in found.items() if chosen.word}
    return replace(
        search,
        terms=tuple(terms.values()),
        corrected_text=_write(search.text, search, written) if written else "",
        corrected_query=_write(search.typed_query.written, search, written) if written else "",
        read_as={term: word.typed for word, chosen in found.items() if not chosen.word for term in chosen.terms},
    )


def _write(text: str, search: Search, written: Mapping[str, str]) -> str:
    """Return the query, or what is asked for in it, with words replaced: both have the same offsets."""
    result, end = "", 0
    for word in search.query.words:
        if shown := written.get(word.typed.lower()):
            result, end = result + text[end : word.start] + shown, word.end
    return result + text[end:]
