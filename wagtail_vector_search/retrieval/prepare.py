"""The first statement of a search: all that the legs need to know beforehand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice

from ..conf import IndexSettings
from ..content import keyword_query
from ..database.execute import fetch_all
from ..database.tables import table_name
from ..generations.serving import ServingGeneration
from ..health import CIRCUIT_IS_OPEN
from ..models import Generation, SearchEvent, TermFrequency
from ..visibility import closed_paths_sql
from .candidates import EXACT_SCAN_AT_LEAST, EXACT_SCAN_PER_ROOT, Candidates

#: Names of code in a query that are searched for as a whole.
MAX_NAMES = 20

#: Terms of a query that are searched for, the first ones of it: each costs a look-up, and Chinese yields one with
#: every character.
MAX_TERMS = 200


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One term of a query.

    Args:
        text: The term, as the text-search configuration makes it of a word.
        frequency: How often it stands in the query.
        document_frequency: Number of pages in the generation that have it.
    """

    text: str
    frequency: int
    document_frequency: int


@dataclass(frozen=True, slots=True)
class PreparedSearch:
    """What is known before the legs run.

    Args:
        generation: The generation to search.
        terms: Those of the query, without stop words; at most ``MAX_TERMS``.
        candidate_count: Number of pages that may be returned; counted no further than one above ``few``, and not at all
            where they are known to be more.
        few: The most candidates whose chunks are scanned one by one; see ``exact_scan_limit``.
        provider_left_alone: Whether the provider has failed so often just now that it is better not asked.
        has_time_limit: Whether the database cancels statements that take too long.
        closed_paths: Paths of the pages that are closed to visitors without any rights.
    """

    generation: ServingGeneration
    terms: tuple[QueryTerm, ...]
    candidate_count: int
    few: int
    provider_left_alone: bool = False
    has_time_limit: bool = False
    closed_paths: tuple[str, ...] = ()

    @property
    def scan_candidates(self) -> bool:
        """Whether the candidates are so few that looking at each is quicker than any index, and exact."""
        return self.candidate_count <= self.few


def prepare_search(
    text: str, candidates: Candidates, settings: IndexSettings, language_code: str
) -> PreparedSearch | None:
    """Look up the generation, the query's terms with their document frequencies, and count the candidates.

    Args:
        text: The normalised query; may be empty.
        candidates: The pages that may be returned.
        settings: Of the index to search.
        language_code: Of the query; it chooses how words are stemmed.

    Returns:
        ``None`` when no generation of the index is active, or the project has dropped its table.
    """
    words, every_name = keyword_query(text)
    names = dict(islice(every_name.items(), MAX_NAMES))
    known = candidates.with_closed_paths("SELECT path FROM closed_path").select
    rows = fetch_all(
        candidates.using,
        _STATEMENT.format(
            generation=table_name(Generation),
            term_frequency=table_name(TermFrequency),
            closed=closed_paths_sql(candidates.using),
            candidates=known.text,
            is_left_alone=CIRCUIT_IS_OPEN.format(events=table_name(SearchEvent), configuration="configuration"),
        ),
        [
            *(EXACT_SCAN_AT_LEAST, EXACT_SCAN_PER_ROOT, settings.index_name, Generation.State.ACTIVE.value),
            *(settings.text_search_config(language_code), words, MAX_TERMS, list(names), list(names.values())),
            *(candidates.are_most_pages, *known.params),
        ],
    )
    prepared = _read(*rows[0]) if rows else None
    return prepared if prepared and prepared.generation.has_table else None


_STATEMENT = """
WITH generation AS MATERIALIZED (
    SELECT id, fingerprint, configuration, dimensions, page_count, background_similarity, title_similarity,
        greatest(%s, %s * sqrt(page_count))::bigint AS few
    FROM {generation} WHERE index_name = %s AND state = %s
), word AS MATERIALIZED (
    SELECT lexeme AS term, cardinality(positions) AS frequency FROM unnest(to_tsvector(%s::regconfig, %s))
    ORDER BY positions[1], lexeme LIMIT %s
), query_term AS MATERIALIZED (
    SELECT * FROM word UNION ALL SELECT * FROM unnest(%s::text[], %s::int[])
), known AS (
    SELECT term, frequency, (
        SELECT coalesce(sum(document_frequency), 0) FROM {term_frequency} AS ledger_entry
        WHERE ledger_entry.generation_id = (SELECT id FROM generation) AND ledger_entry.term = query_term.term
    ) AS document_frequency
    FROM query_term
), closed_path (path) AS MATERIALIZED (
    {closed}
)
SELECT id, fingerprint, configuration::text, dimensions, page_count, background_similarity, title_similarity, few,
    (SELECT json_agg(json_build_array(term, frequency, document_frequency))::text FROM known),
    CASE WHEN %s AND page_count > few THEN few + 1 ELSE (SELECT count(*) FROM (
        SELECT 1 FROM ({candidates}) AS candidate LIMIT (SELECT few + 1 FROM generation)
    ) AS counted) END,
    {is_left_alone}, current_setting('statement_timeout') <> '0',
    ARRAY(SELECT path FROM closed_path)
FROM generation
"""


def _read(
    generation_id: int,
    fingerprint: str,
    configuration: str,
    dimensions: int,
    page_count: int,
    background_similarity: float | None,
    title_similarity: float | None,
    few: int,
    terms: str | None,
    candidate_count: int,
    provider_left_alone: bool,
    has_time_limit: bool,
    closed_paths: list[str],
) -> PreparedSearch:
    generation = ServingGeneration(
        generation_id,
        fingerprint,
        json.loads(configuration),
        dimensions,
        page_count,
        background_similarity,
        title_similarity,
    )
    known = tuple(QueryTerm(*term) for term in json.loads(terms or "[]"))
    return PreparedSearch(
        generation, known, candidate_count, few, provider_left_alone, has_time_limit, tuple(closed_paths)
    )
