"""Relevance feedback: the terms that the best pages have in common refine the keyword leg.

A relevance model in the form of RM3: Lavrenko & Croft, "Relevance-based language models", SIGIR 2001; Abdul-Jaleel et
al., "UMass at TREC 2004: Novelty and HARD". The best pages are those of both legs together, so that a question borrows
the terms of the pages that mean the same.

It is selective: where no page stands out, the best are a guess, and their terms lead away from the one that was meant
(Amati, Carpineto & Romano, "Query difficulty, robustness, and selective application of query expansion", ECIR 2004).
"""

from __future__ import annotations

from collections.abc import Sequence

from ..database.execute import SQL, fetch
from ..database.sparse_vectors import SQL_TERM_POSITION, term_position
from ..database.tables import table_name
from ..models import EntryTerms
from ..models.terms import SPARSE_DIMENSIONS
from ..ranking import constants
from ..ranking.formulas import IDF_SQL, feedback_weight, relevances, term_weight
from ..ranking.values import Hit, RankedPage
from .search import Search

# A term of a single page tells of that page, not of the subject. Terms are weighed by how relevant their pages are and
# by how rare they are; the best of them share the weight of feedback. The pages of both legs are then scored again.
REFINE = """
WITH shared AS MATERIALIZED (
    SELECT term, sum(best.share) AS share
    FROM unnest(%(best_pages)s::{page_key}[], %(best_shares)s::float8[]) AS best (page_id, share)
    JOIN {terms_of_pages} AS entry_terms
        ON entry_terms.page_id = best.page_id AND entry_terms.generation_id = %(generation)s
    CROSS JOIN unnest(entry_terms.terms) AS term
    WHERE left(term, 1) <> '=' AND term <> ALL(%(stop_terms)s::text[])
    GROUP BY term HAVING count(*) > 1
    ORDER BY share DESC, term LIMIT %(max_shared_terms)s
), known AS MATERIALIZED (
    SELECT term, share, (
        SELECT greatest(sum(document_frequency), 1)::float8 FROM {term_frequency} AS ledger_entry
        WHERE ledger_entry.generation_id = %(generation)s AND ledger_entry.term = shared.term
    ) AS document_frequency
    FROM shared
), weighed AS MATERIALIZED (
    SELECT term, share, {idf} AS idf FROM known
), telling AS MATERIALIZED (
    SELECT term, idf, share * idf AS weight FROM weighed ORDER BY weight DESC, term LIMIT %(feedback_terms)s
), element AS (
    SELECT {position} AS position, %(feedback_weight)s * weight / sum(weight) OVER () * idf AS weight FROM telling
    UNION ALL SELECT * FROM unnest(%(query_positions)s::bigint[], %(query_weights)s::float8[])
), query AS MATERIALIZED (
    SELECT ('{{' || string_agg(position + 1 || ':' || weight::real, ',' ORDER BY position) || '}}/{dimensions}')
        ::sparsevec AS weights
    FROM (SELECT position, sum(weight) AS weight FROM element GROUP BY position) AS summed
)
SELECT entry_terms.page_id, -(entry_terms.weights <#> query.weights) AS score
FROM {terms_of_pages} AS entry_terms CROSS JOIN query
WHERE entry_terms.generation_id = %(generation)s AND entry_terms.page_id = ANY(%(ranked_pages)s::{page_key}[])
    AND entry_terms.weights <#> query.weights < 0
ORDER BY score DESC, page_id LIMIT %(top)s
"""


def refine_by_feedback(ranked: Sequence[RankedPage], search: Search) -> list[Hit] | None:
    """Score the pages of both legs by the terms of the query and those that the best of the pages share.

    One statement.

    Args:
        ranked: The pages of both legs, best first.
        search: Gives the terms, the generation and a page to rank as it is in memory.

    Returns:
        At most ``TOP`` pages with a score above 0, best first; ``None``, without a statement, where there is nothing to
        refine or to refine it by: no page has a term of the query, or none is better than the next.
    """
    best = ranked[: min(constants.FEEDBACK_PAGES, len(ranked) // 2)]
    scores = [page.score for page in best]
    known = [term for term in search.terms if term.document_frequency]
    weight = feedback_weight(scores)
    if not known or weight < constants.MIN_FEEDBACK_WEIGHT:
        return None
    page_count = search.generation.page_count
    # The query's own terms share what feedback leaves.
    share = (1 - weight) / sum(term.frequency for term in known)
    source = search.unsaved.entry_terms_sql(search.using) if search.unsaved else SQL(table_name(EntryTerms), {})
    parameters = {
        **source.parameters,
        "generation": search.generation.id,
        "page_count": page_count,
        "best_pages": [page.page_id for page in best],
        "best_shares": relevances(scores),
        "stop_terms": list(search.stop_terms),
        "max_shared_terms": constants.MAX_SHARED_TERMS,
        "feedback_terms": constants.FEEDBACK_TERMS,
        "feedback_weight": weight,
        "query_positions": [term_position(term.text) for term in known],
        "query_weights": [share * term_weight(term, page_count) for term in known],
        "ranked_pages": [page.page_id for page in ranked],
        "top": constants.TOP,
    }
    rows = fetch(
        search.using,
        REFINE,
        parameters,
        terms_of_pages=source.text,
        idf=IDF_SQL.format(document_frequency="document_frequency", page_count="%(page_count)s"),
        position=SQL_TERM_POSITION.format(term="term"),
        dimensions=str(SPARSE_DIMENSIONS),
    )
    return [Hit(row.page_id, row.score) for row in rows]
