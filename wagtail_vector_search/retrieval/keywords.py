"""The keyword leg: BM25 inside plain PostgreSQL.

Score of a page = sum over the query's lexemes of IDF x (frequency in the query) x (document side), as in Robertson &
Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. The document side is stored as a sparse
vector, so that the sum is an inner product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log

from ..models import PageTerms
from ..models.sparse import sparse_literal
from .candidates import ROW, Candidates
from .fusion import TOP, Hit
from .prepare import PreparedSearch, QueryLexeme
from .sql import SQL, fetch_all, table

#: Pages that may be scored; lexemes are looked up, rarest first, as long as together they stand on no more.
_MAX_SCORED = 2000
#: Candidates that must be among those scored, if there are so many: more words are looked up until they are.
_ENOUGH = 20
# Scanning pays for half as many candidates as in the dense leg, whose index costs more to walk under a filter.
_FEW_PER_DENSE = 0.5
# Above this share of the pages all are scored. The look-up in the GIN index would still be a little quicker there, but
# PostgreSQL may compare the lexemes of every page instead, which lie beside the row: ten times as slow at 50,000 pages.
_COMMON = 0.1


def find_pages_by_words(prepared: PreparedSearch, candidates: Candidates) -> list[Hit]:
    """Return the candidates with the highest BM25 scores, at most ``TOP``, best first."""
    statement = keyword_statement(prepared, candidates)
    return [Hit(*row) for row in fetch_all(candidates.using, statement.text, statement.params)] if statement else []


def keyword_statement(prepared: PreparedSearch, candidates: Candidates) -> SQL | None:
    """Return the statement that selects page and score; ``None`` for a query without a word to look for."""
    if not prepared.lexemes:
        return None
    query = sparse_query(prepared.lexemes, prepared.generation.page_count)
    few = prepared.candidate_count <= _FEW_PER_DENSE * prepared.few
    return _scan(prepared, candidates, query) if few else _look_up(prepared, candidates, query)


def weigh(lexeme: QueryLexeme, page_count: int) -> float:
    """Return the query side of BM25: inverse document frequency x frequency in the query.

    A lexeme that stands on no page counts as if it stood on one.
    """
    pages = max(page_count, lexeme.document_frequency, 1)
    frequency = max(lexeme.document_frequency, 1)
    return lexeme.frequency * log(1 + (pages - frequency + 0.5) / (frequency + 0.5))


def sparse_query(lexemes: Iterable[QueryLexeme], page_count: int) -> str:
    """Return the query side as PostgreSQL reads a sparse vector."""
    return sparse_literal((lexeme.text, weigh(lexeme, page_count)) for lexeme in lexemes)


def _scan(prepared: PreparedSearch, candidates: Candidates, query: str) -> SQL:
    """Score every candidate, one by one; OFFSET 0 has the score computed once."""
    statement = f"""
        SELECT page_id, score FROM (
            SELECT candidate.page_id, (
                SELECT -(terms.weights <#> %s::sparsevec) FROM {table(PageTerms)} AS terms
                WHERE terms.page_id = candidate.page_id AND terms.index_id = %s
            ) AS score
            FROM (SELECT DISTINCT page_id FROM ({candidates.select.text}) AS page (page_id)) AS candidate
            OFFSET 0
        ) AS scored
        WHERE score > 0
        ORDER BY score DESC, page_id LIMIT %s
    """
    return SQL(statement, (query, prepared.generation.id, *candidates.select.params, TOP))


def _look_up(prepared: PreparedSearch, candidates: Candidates, query: str) -> SQL:
    """Score the pages that have a rare lexeme, and check in order of score which of them are candidates.

    OFFSET 0 keeps the check out of the inner query, where it would be made for every page scored.
    """
    condition = _rare_lexemes(prepared, query)
    statement = f"""
        SELECT page_id, score FROM (
            SELECT terms.page_id, -(terms.weights <#> %s::sparsevec) AS score
            FROM {table(PageTerms)} AS terms
            WHERE terms.index_id = %s AND {condition.text}
            ORDER BY score DESC, page_id OFFSET 0
        ) AS {ROW}
        WHERE {ROW}.score > 0 AND {candidates.contain_row.text}
        ORDER BY score DESC, page_id LIMIT %s
    """
    params = (query, prepared.generation.id, *condition.params, *candidates.contain_row.params, TOP)
    return SQL(statement, params)


def _rare_lexemes(prepared: PreparedSearch, query: str) -> SQL:
    lexemes = choose_lexemes(prepared.lexemes, needed=_needed(prepared))
    if sum(lexeme.document_frequency for lexeme in lexemes) > _COMMON * prepared.generation.page_count:
        return SQL("terms.weights <#> %s::sparsevec < 0", (query,))  # else all pages would be sorted
    return SQL("terms.lexemes && %s::text[]", ([lexeme.text for lexeme in lexemes],))


def _needed(prepared: PreparedSearch) -> float:
    """Return how many pages must be scored for enough candidates to be among them, if those are spread evenly.

    Candidates that were not counted to the end are taken for all pages of the site.
    """
    pages = prepared.generation.page_count
    return _ENOUGH * pages / max(prepared.candidate_count, 1) if prepared.candidate_count <= prepared.few else _ENOUGH


def choose_lexemes(lexemes: Sequence[QueryLexeme], *, needed: float) -> list[QueryLexeme]:
    """Choose the lexemes that a page must have one of to be scored.

    A page that has only the common words of a query cannot score as high as one that has a rare one, so it need not
    be looked at: the idea of "max score" (Turtle & Flood, "Query evaluation: strategies and optimizations", 1995).

    Args:
        lexemes: All of the query.
        needed: Pages that should be scored at least.

    Returns:
        The rarest, up to ``needed`` pages, and further ones as long as the pages stay below a fixed number.
    """
    chosen: list[QueryLexeme] = []
    pages = 0
    for lexeme in sorted(lexemes, key=lambda lexeme: lexeme.document_frequency):
        if pages >= needed and pages + lexeme.document_frequency > max(_MAX_SCORED, needed):
            break
        chosen.append(lexeme)
        pages += lexeme.document_frequency
    return chosen
