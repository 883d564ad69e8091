"""The keyword leg: BM25 inside plain PostgreSQL.

Score of a page = sum over the query's terms of IDF x (frequency in the query) x (document side), as in Robertson &
Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. The document side is stored as a sparse
vector, so that the sum is an inner product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log

from ..database.execute import SQL, fetch_all
from ..database.sparse_vectors import sparse_literal
from ..database.tables import table_name
from ..models import EntryTerms
from .candidates import ROW, Candidates
from .fusion import TOP, Hit
from .prepare import PreparedSearch, QueryTerm

#: Pages that may be scored; terms are looked up, rarest first, as long as together they stand on no more.
_MAX_SCORED = 2000
#: Candidates that must be among those scored, if there are so many: more words are looked up until they are.
_ENOUGH = 20
# Scanning pays for half as many candidates as in the semantic leg, whose index costs more to walk under a filter.
_EXACT_SCAN_SHARE = 0.5
# Above this share of the pages all are scored. The look-up in the GIN index would still be a little quicker there, but
# PostgreSQL may compare the terms of every page instead, which lie beside the row: ten times as slow at 50,000 pages.
_COMMON = 0.1


def find_pages_by_words(prepared: PreparedSearch, candidates: Candidates) -> list[Hit]:
    """Return the candidates with the highest BM25 scores, at most ``TOP``, best first."""
    statement = keyword_statement(prepared, candidates)
    return [Hit(*row) for row in fetch_all(candidates.using, statement.text, statement.params)] if statement else []


def keyword_statement(prepared: PreparedSearch, candidates: Candidates) -> SQL | None:
    """Return the statement that selects page and score; ``None`` for a query without a word to look for."""
    if not prepared.terms:
        return None
    query = sparse_query(prepared.terms, prepared.generation.page_count)
    few = prepared.candidate_count <= _EXACT_SCAN_SHARE * prepared.few
    return _scan(prepared, candidates, query) if few else _look_up(prepared, candidates, query)


def weigh(term: QueryTerm, page_count: int) -> float:
    """Return the query side of BM25: inverse document frequency x frequency in the query.

    A term that stands on no page counts as if it stood on one.
    """
    pages = max(page_count, term.document_frequency, 1)
    frequency = max(term.document_frequency, 1)
    return term.frequency * log(1 + (pages - frequency + 0.5) / (frequency + 0.5))


def sparse_query(terms: Iterable[QueryTerm], page_count: int) -> str:
    """Return the query side as PostgreSQL reads a sparse vector."""
    return sparse_literal((term.text, weigh(term, page_count)) for term in terms)


def _scan(prepared: PreparedSearch, candidates: Candidates, query: str) -> SQL:
    """Score every candidate, one by one; OFFSET 0 has the score computed once."""
    statement = f"""
        SELECT page_id, score FROM (
            SELECT candidate.page_id, (
                SELECT -(entry_terms.weights <#> %s::sparsevec) FROM {table_name(EntryTerms)} AS entry_terms
                WHERE entry_terms.page_id = candidate.page_id AND entry_terms.generation_id = %s
            ) AS score
            FROM (SELECT DISTINCT page_id FROM ({candidates.select.text}) AS page (page_id)) AS candidate
            OFFSET 0
        ) AS scored
        WHERE score > 0
        ORDER BY score DESC, page_id LIMIT %s
    """
    return SQL(statement, (query, prepared.generation.id, *candidates.select.params, TOP))


def _look_up(prepared: PreparedSearch, candidates: Candidates, query: str) -> SQL:
    """Score the pages that have a rare term, and check in order of score which of them are candidates.

    OFFSET 0 keeps the check out of the inner query, where it would be made for every page scored.
    """
    condition = _rare_terms(prepared, query)
    statement = f"""
        SELECT page_id, score FROM (
            SELECT entry_terms.page_id, -(entry_terms.weights <#> %s::sparsevec) AS score
            FROM {table_name(EntryTerms)} AS entry_terms
            WHERE entry_terms.generation_id = %s AND {condition.text}
            ORDER BY score DESC, page_id OFFSET 0
        ) AS {ROW}
        WHERE {ROW}.score > 0 AND {candidates.contain_row.text}
        ORDER BY score DESC, page_id LIMIT %s
    """
    params = (query, prepared.generation.id, *condition.params, *candidates.contain_row.params, TOP)
    return SQL(statement, params)


def _rare_terms(prepared: PreparedSearch, query: str) -> SQL:
    terms = choose_terms(prepared.terms, needed=_needed(prepared))
    if sum(term.document_frequency for term in terms) > _COMMON * prepared.generation.page_count:
        return SQL("entry_terms.weights <#> %s::sparsevec < 0", (query,))  # else all pages would be sorted
    return SQL("entry_terms.terms && %s::text[]", ([term.text for term in terms],))


def _needed(prepared: PreparedSearch) -> float:
    """Return how many pages must be scored for enough candidates to be among them, if those are spread evenly.

    Candidates that were not counted to the end are taken for all pages of the site.
    """
    pages = prepared.generation.page_count
    return _ENOUGH * pages / max(prepared.candidate_count, 1) if prepared.candidate_count <= prepared.few else _ENOUGH


def choose_terms(terms: Sequence[QueryTerm], *, needed: float) -> list[QueryTerm]:
    """Choose the terms that a page must have one of to be scored.

    A page that has only the common words of a query cannot score as high as one that has a rare one, so it need not
    be looked at: the idea of "max score" (Turtle & Flood, "Query evaluation: strategies and optimizations", 1995).

    Args:
        terms: All of the query.
        needed: Pages that should be scored at least.

    Returns:
        The rarest, up to ``needed`` pages, and further ones as long as the pages stay below a fixed number.
    """
    chosen: list[QueryTerm] = []
    pages = 0
    for term in sorted(terms, key=lambda term: term.document_frequency):
        if pages >= needed and pages + term.document_frequency > max(_MAX_SCORED, needed):
            break
        chosen.append(term)
        pages += term.document_frequency
    return chosen
