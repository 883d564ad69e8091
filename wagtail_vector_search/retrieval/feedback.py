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

from ..models import PageTerms, TermStatistics
from ..models.sparse import SQL_LEXEME_POSITION, lexeme_position
from ..models.terms import SPARSE_DIMENSIONS
from .fusion import TOP, Hit
from .keywords import weigh
from .prepare import PreparedSearch, QueryLexeme
from .results import RankedPage
from .sql import SQL, fetch_all, page_key_type, table
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
    SELECT lexeme, sum(best.share) AS share
    FROM unnest(%s::{page_key}[], %s::float8[]) AS best (page_id, share)
    JOIN {terms} AS terms ON terms.page_id = best.page_id AND terms.index_id = %s
    CROSS JOIN unnest(terms.lexemes) AS lexeme
    GROUP BY lexeme HAVING count(*) > 1
    ORDER BY share DESC, lexeme LIMIT {most}
), known AS MATERIALIZED (
    SELECT lexeme, share, (
        SELECT greatest(sum(document_frequency), 1)::float8 FROM {statistics} AS statistic
        WHERE statistic.index_id = %s AND statistic.lexeme = shared.lexeme
    ) AS frequency
    FROM shared
), weighed AS MATERIALIZED (
    SELECT lexeme, share, ln(1 + (greatest(%s, frequency) - frequency + 0.5) / (frequency + 0.5)) AS idf FROM known
), telling AS MATERIALIZED (
    SELECT lexeme, idf, share * idf AS weight FROM weighed ORDER BY weight DESC, lexeme LIMIT %s
), element AS (
    SELECT {position} AS position, %s * weight / sum(weight) OVER () * idf AS weight FROM telling
    UNION ALL SELECT * FROM unnest(%s::bigint[], %s::float8[])
), query AS MATERIALIZED (
    SELECT ('{{' || string_agg(position + 1 || ':' || weight::real, ',' ORDER BY position) || '}}/{dimensions}')
        ::sparsevec AS weights
    FROM (SELECT position, sum(weight) AS weight FROM element GROUP BY position) AS summed
)
SELECT terms.page_id, -(terms.weights <#> query.weights) AS score
FROM {terms} AS terms CROSS JOIN query
WHERE terms.index_id = %s AND terms.page_id = ANY(%s::{page_key}[]) AND terms.weights <#> query.weights < 0
ORDER BY score DESC, page_id LIMIT {top}
"""


def refine_by_feedback(
    ranked: Sequence[RankedPage], prepared: PreparedSearch, using: str, unsaved: UnsavedPage | None = None
) -> list[Hit] | None:
    """Score the pages of both legs by the words of the query and those that the best of the pages share.

    One statement.

    Args:
        ranked: The pages of both legs, best first.
        prepared: The query's lexemes, with the generation.
        using: The database.
        unsaved: The one of the pages that is ranked as it is in memory.

    Returns:
        At most ``TOP`` pages with a score above 0, best first; ``None``, without a statement, where there is nothing to
        refine or to refine it by: no page has a word of the query, or none is better than the next.
    """
    best = ranked[: min(FEEDBACK_PAGES, len(ranked) // 2)]
    known = [lexeme for lexeme in prepared.lexemes if lexeme.document_frequency]
    weight = feedback_weight([page.score for page in best]) if known else 0.0
    if weight < LEAST_WEIGHT:
        return None
    index_id, page_count = prepared.generation.id, prepared.generation.page_count
    positions, weights = _query_side(known, page_count, 1 - weight)
    terms = unsaved.terms(index_id, page_key_type(using)) if unsaved else SQL(table(PageTerms))
    statement = _STATEMENT.format(
        terms=terms.text,
        statistics=table(TermStatistics),
        page_key=page_key_type(using),
        position=SQL_LEXEME_POSITION.format(lexeme="lexeme"),
        dimensions=SPARSE_DIMENSIONS,
        top=TOP,
        most=MOST_SHARED,
    )
    params = [
        *([page.page_id for page in best], relevances([page.score for page in best]), *terms.params, index_id),
        *(index_id, page_count, FEEDBACK_WORDS, weight, positions, weights),
        *(*terms.params, index_id, [page.page_id for page in ranked]),
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


def _query_side(lexemes: Sequence[QueryLexeme], page_count: int, share: float) -> tuple[list[int], list[float]]:
    """Return positions and weights of the query's own lexemes, which share what feedback leaves."""
    each = share / sum(lexeme.frequency for lexeme in lexemes)
    positions = [lexeme_position(lexeme.text) for lexeme in lexemes]
    return positions, [each * weigh(lexeme, page_count) for lexeme in lexemes]
