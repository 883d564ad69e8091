"""The phrases and exclusions of a query narrow the candidates, so that legs, counts, facets and paging respect them.

The keyword side says which pages have the terms; whether these stand side by side is read from the text as it is
stored. That is done before the legs run, so that a full ranking remains.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..analysis import Analyzer, get_analyzer, title_term
from ..content import clean_line
from ..database.execute import SQL, fetch, fill_names
from ..database.tables import PageKey, table_name
from ..health import reading
from ..ranking import constants
from .candidates import ROW
from .keywords import sparse_query
from .languages import prepare_analyzers
from .phrases import Conditions, Wording, split_paragraphs
from .search import Search

# LIMIT without an order bounds what is scored where nearly every page has the terms.
READ = """
WITH {closed_path}, found AS MATERIALIZED (
    SELECT * FROM (
        SELECT {row}.page_id, {row}.language_code, {row}.terms[cardinality({row}.terms)] AS last_term,
            {row}.weights <#> %(terms_vector)s::sparsevec AS distance
        FROM {entry_terms} AS {row}
        WHERE {row}.generation_id = %(generation)s AND {has_terms} AND {is_candidate}
        LIMIT %(max_scored)s
    ) AS scored
    ORDER BY distance, page_id LIMIT %(most)s
)
SELECT found.page_id, found.language_code, found.last_term, page.title, (
    SELECT json_agg(json_build_array(chunk.heading, chunk.text) ORDER BY chunk.position)::text FROM {chunks} AS chunk
    WHERE chunk.page_id = found.page_id AND chunk.generation_id = %(generation)s
) AS chunks
FROM found JOIN {page} AS page ON page.{pk} = found.page_id
"""

_IS_AMONG = "{row}.page_id IN (SELECT id FROM ({candidates}) AS page (id))"

_HAS_NO_TERM = """NOT EXISTS (
    SELECT 1 FROM {entry_terms} AS entry_terms
    WHERE entry_terms.page_id = page.id AND entry_terms.generation_id = %(narrowed_generation)s AND {has_terms}
)"""


def narrow_candidates(search: Search) -> Search:
    """Leave the candidates that have every phrase of the query and nothing that it excludes.

    No statement for a query without operators or with excluded words alone; otherwise one, which reads the text of at
    most ``PHRASE_PAGES`` pages.

    Returns:
        The search among these candidates; the same one where nothing is asked of them.
    """
    if not search.typed_query.has_operators:
        return search
    asked = Conditions(search.typed_query, search.analyzers)
    if asked.excluded_terms:
        parameters = {"excluded_terms": list(asked.excluded_terms)}
        search = _without(search, SQL("entry_terms.terms && %(excluded_terms)s::text[]", parameters))
    if search.unsaved and not _has_what_is_asked(search, asked):
        search = replace(search, unsaved=None)
    if asked.phrases:
        return _with_phrases(search, asked)
    return _without_phrases(search, asked) if asked.excluded_phrases else search


def _has_what_is_asked(search: Search, asked: Conditions) -> bool:
    """Whether the unsaved page of a search has it."""
    unsaved = search.unsaved
    if unsaved is None or not unsaved.weights.keys().isdisjoint(asked.excluded_terms):
        return False
    paragraphs = split_paragraphs(unsaved.title, unsaved.chunks)
    analyzer = _get_analyzer(unsaved.language_code, paragraphs, search)
    return asked.has_phrases(paragraphs, analyzer) and not asked.has_excluded(paragraphs, analyzer)


def _with_phrases(search: Search, asked: Conditions) -> Search:
    has_terms = _has_each([asked.wordings(text) for text in asked.phrases], ROW)
    pages = [
        page_id
        for page_id, has_phrases, has_excluded in _read_pages(search, asked, has_terms)
        if has_phrases and not has_excluded
    ]
    condition = fill_names(search.using, "page.id = ANY(%(phrase_pages)s::{page_key}[])")
    return replace(
        search,
        candidates=search.candidates.narrowed(SQL(condition, {"phrase_pages": pages})),
        limits=replace(search.limits, candidate_count=len(pages)),
        has_phrases=True,
    )


def _without_phrases(search: Search, asked: Conditions) -> Search:
    wordings = [asked.wordings(each.text, by_letter=each.is_quoted) for each in asked.excluded_phrases]
    if not any(wordings):
        return search
    read = list(_read_pages(search, asked, _has_any(wordings, ROW)))
    without = [page_id for page_id, _, has_excluded in read if not has_excluded]
    if len(without) == len(read) < constants.PHRASE_PAGES:
        return search
    # A page that was not read is left out by its terms.
    has_terms, parameters = _has_any(wordings, "entry_terms")
    has_terms = f"{has_terms} AND {fill_names(search.using, 'page.id <> ALL(%(read_pages)s::{page_key}[])')}"
    return _without(search, SQL(has_terms, {**parameters, "read_pages": without}))


def _without(search: Search, has_terms: SQL) -> Search:
    """Return the search among the candidates for whose terms a condition does not hold."""
    condition = SQL(
        fill_names(search.using, _HAS_NO_TERM, has_terms=has_terms.text),
        {**has_terms.parameters, "narrowed_generation": search.generation.id},
    )
    return replace(search, candidates=search.candidates.narrowed(condition))


def _read_pages(search: Search, asked: Conditions, has_terms: SQL) -> Iterable[tuple[PageKey, bool, bool]]:
    """Yield the best pages with certain terms, with whether they have the phrases and whether one that is excluded."""
    candidates = search.candidates
    is_among = fill_names(search.using, _IS_AMONG, row=ROW, candidates=candidates.select.text)
    parameters = {
        **candidates.parameters,
        **has_terms.parameters,
        "terms_vector": sparse_query(search.terms, search.generation.page_count, search.titles),
        "generation": search.generation.id,
        "max_scored": constants.MAX_SCORED,
        "most": constants.PHRASE_PAGES,
    }
    with reading(search.using):
        rows = fetch(
            search.using,
            READ,
            parameters,
            closed_path=candidates.closed_path_sql.text,
            row=ROW,
            has_terms=has_terms.text,
            is_candidate=is_among if search.limits.uses_exact_scan else candidates.is_candidate_sql.text,
            chunks=table_name(search.generation.get_vector_table()),
        )
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(row.language_code, []).extend([row.title, row.chunks or ""])
    analyzers = {code: _get_analyzer(code, said, search) for code, said in texts.items()}
    for row in rows:
        analyzer = analyzers[row.language_code]
        is_title_known = row.last_term == title_term(analyzer.tokens(row.title))
        paragraphs = split_paragraphs(clean_line(row.title) if is_title_known else "", json.loads(row.chunks or "[]"))
        yield row.page_id, asked.has_phrases(paragraphs, analyzer), asked.has_excluded(paragraphs, analyzer)


def _get_analyzer(language_code: str, texts: Iterable[str], search: Search) -> Analyzer:
    """Return the analyzer of pages, ready to read their texts."""
    analyzer = get_analyzer(language_code, search.settings.analyzers)
    return prepare_analyzers([analyzer], "\n".join(texts))[0]


def _has_each(phrases: Sequence[Sequence[Wording]], row: str) -> SQL:
    """Return the condition that a row has the terms of each phrase, in one of the languages."""
    return _combine(phrases, row, " AND ")


def _has_any(phrases: Sequence[Sequence[Wording]], row: str) -> SQL:
    """Return the condition that a row has the terms of one of the phrases, in one of the languages."""
    return _combine(phrases, row, " OR ")


def _combine(phrases: Sequence[Sequence[Wording]], row: str, connector: str) -> SQL:
    parameters: dict[str, list[str]] = {}
    conditions = []
    for wordings in phrases:
        alternatives = []
        for needed in dict.fromkeys(wording.needed for wording in wordings):
            name = f"phrase_terms{len(parameters)}"
            parameters[name] = list(needed)
            alternatives.append(f"{row}.terms @> %({name})s::text[]")
        conditions.append(f"({' OR '.join(alternatives)})" if alternatives else "FALSE")
    return SQL(f"({connector.join(conditions)})", parameters)
