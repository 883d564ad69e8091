"""Relevance feedback: the words that the best pages have in common refine the keyword leg.

A relevance model in the form of RM3: Lavrenko & Croft, "Relevance-based language models", SIGIR 2001; Abdul-Jaleel et
al., "UMass at TREC 2004: Novelty and HARD". The best pages are those of both legs together, so that a question borrows
the words of the pages that mean the same.

It is selective: where no page stands out, the best are a guess, and their words lead away from the one that was meant
(Amati, Carpineto & Romano, "Query difficulty, robustness, and selective application of query expansion", ECIR 2004).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, tanh

from ..database.execute import SQL, fetch_all
from ..database.sparse_vectors import SQL_TERM_POSITION, term_position
from ..database.tables import page_key_type, table_name
from ..models import EntryTerms, TermFrequency
from ..models.terms import SPARSE_DIMENSIONS
from .fusion import TOP, Hit
from .keywords import weigh
from .prepare import PreparedSearch, QueryTerm
from .results import RankedPage
from .unsaved import UnsavedPage

#: Pages that are taken for relevant; of few pages at most half.
FEEDBACK_PAGES = 10
#: Words that are taken from them.
FEEDBACK_WORDS = 20
#: Words whose document frequency is looked up to choose them, those of the most relevant pages: each costs a look-up.
MOST_SHARED = 80
#: Share of those words in the refined query, 0 to 1, when it is certain which page is the best.
FEEDBACK_WEIGHT = 0.3
#: Share below which a statement is not worth its time: it moves hardly a page.
LEAST_WEIGHT = 0.03

# A word of a single page tells of that page, not of the subject. Words are weighed by how relevant their pages are and
# by how rare they are; the best of them share FEEDBACK_WEIGHT. The pages of both legs are then scored anew.
_STATEMENT = """
WITH shared AS MATERIALIZED (
    SELECT term, sum(best.share) AS share
    FROM unnest(%s::{page_key}[], %s::float8[]) AS best (page_id, share)
    JOIN {entry_terms} AS entry_terms ON entry_terms.page_id = best.page_id AND entry_terms.generation_id = %s
    CROSS JOIN unnest(entry_terms.terms) AS term
    GROUP BY term HAVING count(*) > 1
    ORDER BY share DESC, term LIMIT {most}
), known AS MATERIALIZED (
    SELECT term, share, (
        SELECT greatest(sum(document_frequency), 1)::float8 FROM {term_frequency} AS ledger_entry
        WHERE ledger_entry.generation_id = %s AND ledger_entry.term = shared.term
    ) AS frequency
    FROM shared
), weighed AS MATERIALIZED (
    SELECT term, share, ln(1 + (greatest(%s, frequency) - frequency + 0.5) / (frequency + 0.5)) AS idf FROM known
), telling AS MATERIALIZED (
    SELECT term, idf, share * idf AS weight FROM weighed ORDER BY weight DESC, term LIMIT %s
), element AS (
    SELECT {position} AS position, %s * weight / sum(weight) OVER () * idf AS weight FROM telling
    UNION ALL SELECT * FROM unnest(%s::bigint[], %s::float8[])
), query AS MATERIALIZED (
    SELECT ('{{' || string_agg(position + 1 || ':' || weight::real, ',' ORDER BY position) || '}}/{dimensions}')
        ::sparsevec AS weights
    FROM (SELECT position, sum(weight) AS weight FROM element GROUP BY position) AS summed
)
SELECT entry_terms.page_id, -(entry_terms.weights <#> query.weights) AS score
FROM {entry_terms} AS entry_terms CROSS JOIN query
WHERE entry_terms.generation_id = %s AND entry_terms.page_id = ANY(%s::{page_key}[]) AND entry_terms.weights <#> query.weights < 0
ORDER BY score DESC, page_id LIMIT {top}
"""


def refine_by_feedback(
    ranked: Sequence[RankedPage], prepared: PreparedSearch, using: str, unsaved: UnsavedPage | None = None
) -> list[Hit] | None:
    """Score the pages of both legs by the words of the query and those that the best of the pages share.

    One statement.

    Args:
        ranked: The pages of both legs, best first.
        prepared: The query's terms, with the generation.
        using: The database.
        unsaved: The one of the pages that is ranked as it is in memory.

    Returns:
        At most ``TOP`` pages with a score above 0, best first; ``None``, without a statement, where there is nothing to
        refine or to refine it by: no page has a word of the query, or none is better than the next.
    """
    best = ranked[: min(FEEDBACK_PAGES, len(ranked) // 2)]
    known = [term for term in prepared.terms if term.document_frequency]
    weight = feedback_weight([page.score for page in best]) if known else 0.0
    if weight < LEAST_WEIGHT:
        return None
    generation_id, page_count = prepared.generation.id, prepared.generation.page_count
    positions, weights = _query_side(known, page_count, 1 - weight)
    terms = unsaved.terms(generation_id, page_key_type(using)) if unsaved else SQL(table_name(EntryTerms))
    statement = _STATEMENT.format(
        entry_terms=terms.text,
        term_frequency=table_name(TermFrequency),
        page_key=page_key_type(using),
        position=SQL_TERM_POSITION.format(term="term"),
        dimensions=SPARSE_DIMENSIONS,
        top=TOP,
        most=MOST_SHARED,
    )
    params = [
        *([page.page_id for page in best], relevances([page.score for page in best]), *terms.params, generation_id),
        *(generation_id, page_count, FEEDBACK_WORDS, weight, positions, weights),
        *(*terms.params, generation_id, [page.page_id for page in ranked]),
    ]
    return [Hit(*row) for row in fetch_all(using, statement, params)]


def relevances(scores: Iterable[float]) -> list[float]:
    """Return the probability that each page is the relevant one: the softmax of fused scores, best first."""
    powers = [exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


def feedback_weight(scores: Sequence[float]) -> float:
    """Return the share of feedback in the refined query: ``FEEDBACK_WEIGHT`` times how sure it is which page is best.

    That is (p1 - p2) / (p1 + p2) for the probabilities of the first two pages in ``relevances``: 0 for equal scores.

    Args:
        scores: Fused, best first.
    """
    return FEEDBACK_WEIGHT * tanh((scores[0] - scores[1]) / 2) if len(scores) > 1 else 0.0


def _query_side(terms: Sequence[QueryTerm], page_count: int, share: float) -> tuple[list[int], list[float]]:
    """Return positions and weights of the query's own terms, which share what feedback leaves."""
    each = share / sum(term.frequency for term in terms)
    positions = [term_position(term.text) for term in terms]
    return positions, [each * weigh(term, page_count) for term in terms]
