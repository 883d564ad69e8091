"""The keyword leg: BM25 inside plain PostgreSQL.

Score of a page = sum over the query's terms of IDF x (frequency in the query) x (document side), as in Robertson &
Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. The document side is stored as a sparse
vector, so that the sum is an inner product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..database.execute import SQL, fetch, fill_names
from ..database.sparse_vectors import sparse_literal
from ..database.tables import table_name
from ..ranking import constants
from ..ranking.formulas import term_weight
from ..ranking.values import Hit, QueryTerm
from .candidates import PUBLISHED, ROW, Candidates
from .search import Search
from .values import Legs

# OFFSET 0 has the score computed once.
SCAN = """
SELECT page_id, score FROM (
    SELECT candidate.page_id, (
        SELECT -(entry_terms.weights <#> {terms_vector}) FROM {entry_terms} AS entry_terms
        WHERE entry_terms.page_id = candidate.page_id AND entry_terms.generation_id = %(generation)s
    ) AS score
    FROM (SELECT DISTINCT page_id FROM ({candidates}) AS page (page_id)) AS candidate
    OFFSET 0
) AS scored
WHERE score > 0
ORDER BY score DESC, page_id LIMIT %(top)s
"""

# Candidates are checked in order of score. OFFSET 0 keeps the check out of the inner query, where it would be made for
# every page scored. The terms come from a subquery, so that the planner does not know how frequent they are: it would
# compare the terms of every page where they stand on more than a tenth of them, at ten times the cost.
LOOK_UP = """
SELECT page_id, score FROM (
    SELECT entry_terms.page_id, -(entry_terms.weights <#> {terms_vector}) AS score
    FROM {entry_terms} AS entry_terms
    WHERE entry_terms.generation_id = %(generation)s AND entry_terms.terms && {rare_terms}
    ORDER BY score DESC, page_id OFFSET 0
) AS {row}
WHERE {row}.score > 0 AND {is_candidate}
ORDER BY score DESC, page_id LIMIT %(top)s
"""

# What is read of each hit: when its page was published, and whether the semantic leg could have found it.
DESCRIBED = "SELECT page_id, score, {published} AS published, {has_vectors} AS has_vectors FROM ({leg}) AS found"
HAS_VECTORS = """(
    SELECT TRUE FROM {chunks} AS chunk
    WHERE chunk.page_id = found.page_id AND chunk.generation_id = %(generation)s LIMIT 1
) IS TRUE"""


def find_by_keywords(search: Search) -> list[Hit]:
    """Return the candidates with the highest BM25 scores, at most ``TOP``, best first.

    One statement, unless the first one of the search has found them.
    """
    if (found := search.early_keyword) is not None:
        return list(map(read_hit, found))
    leg = keyword_statement(search)
    if leg is None:
        return []
    chunks = table_name(search.generation.get_vector_table()) if Legs.SEMANTIC in search.legs else ""
    names = {
        "closed_path": search.candidates.closed_path_sql.text,
        "leg": described_sql(search.using, leg.text, chunks),
    }
    return list(map(read_hit, fetch(search.using, "WITH {closed_path} {leg}", leg.parameters, **names)))


def described_sql(using: str, leg: str, chunks: str = "") -> str:
    """Return the statement that selects what ``read_hit`` reads.

    Args:
        using: the database.
        leg: the statement of the keyword leg.
        chunks: the quoted name of the table with the vectors, where the semantic leg is run, too.
    """
    has_vectors = HAS_VECTORS.format(chunks=chunks) if chunks else "TRUE"
    return DESCRIBED.format(leg=leg, published=fill_names(using, PUBLISHED), has_vectors=has_vectors)


def read_hit(row: Any) -> Hit:
    """Return the hit of a row: whether its title, its slug or both are the query shows in its score."""
    exact = round(row.score / constants.TITLE_SCORE)
    score = row.score - exact * constants.TITLE_SCORE
    return Hit(row.page_id, score, exact > 0, has_vectors=row.has_vectors, published=row.published or 0.0)


def keyword_statement(search: Search) -> SQL | None:
    """Return the statement that selects ``page_id`` and ``score``; ``None`` for a query without a term.

    It reads ``closed_path``.
    """
    if not search.terms:
        return None
    limits = search.limits
    parameters = {
        **search.candidates.parameters,
        "terms_vector": sparse_query(search.terms, search.generation.page_count, search.titles),
        "generation": search.generation.id,
        "top": constants.TOP,
    }
    if limits.candidate_count <= constants.KEYWORD_EXACT_SCAN_SHARE * limits.exact_scan_limit:
        return SQL(scan_sql(search.candidates, "%(terms_vector)s::sparsevec"), parameters)
    rare = choose_terms(search.terms, needed=pages_to_score(search), page_count=search.generation.page_count)
    text = look_up_sql(search.candidates, "%(terms_vector)s::sparsevec", "(SELECT %(rare_terms)s::text[])")
    return SQL(text, {**parameters, "rare_terms": [*search.titles, *(term.text for term in rare)]})


def scan_sql(candidates: Candidates, terms_vector: str) -> str:
    """Return the statement that scores every candidate; it reads ``closed_path``, ``generation`` and ``top``.

    Args:
        candidates: the pages that may be returned.
        terms_vector: SQL of the query side of BM25.
    """
    return fill_names(candidates.using, SCAN, candidates=candidates.select.text, terms_vector=terms_vector)


def look_up_sql(candidates: Candidates, terms_vector: str, rare_terms: str) -> str:
    """Return the statement that scores the pages with a rare term; it reads what ``scan_sql`` does.

    Args:
        candidates: the pages that may be returned.
        terms_vector: SQL of the query side of BM25.
        rare_terms: a subquery: terms that a page must have one of to be scored.
    """
    names = {"row": ROW, "terms_vector": terms_vector, "rare_terms": rare_terms}
    return fill_names(candidates.using, LOOK_UP, is_candidate=candidates.is_candidate_sql.text, **names)


def sparse_query(terms: Iterable[QueryTerm], page_count: int, titles: Sequence[str] = ()) -> str:
    """Return the query side of BM25 as PostgreSQL reads a sparse vector.

    Args:
        terms: of the query.
        page_count: of the generation.
        titles: terms of titles that are the query.
    """
    weights = [(term.text, term_weight(term, page_count)) for term in terms]
    return sparse_literal([*weights, *((title, constants.TITLE_SCORE) for title in titles)])


def pages_to_score(search: Search) -> float:
    """Return how many pages must be scored for enough candidates to be among them, if those are spread evenly.

    Candidates that were not counted to the end are assumed to be all pages of the site.
    """
    limits = search.limits
    if not limits.uses_exact_scan:
        return constants.MIN_CANDIDATES_SCORED
    return constants.MIN_CANDIDATES_SCORED * search.generation.page_count / max(limits.candidate_count, 1)


def choose_terms(terms: Sequence[QueryTerm], *, needed: float, page_count: int) -> list[QueryTerm]:
    """Choose the terms that a page must have one of to be scored.

    A page that has only the common terms of a query cannot score as high as one that has a rare one, so it need not
    be looked at: the idea of "max score" (Turtle & Flood, "Query evaluation: strategies and optimizations", 1995).

    Args:
        terms: All of the query.
        needed: Pages that should be scored at least.
        page_count: Of the generation: no more can be scored.

    Returns:
        The rarest, up to ``needed`` pages, and further ones while the pages stay below ``MAX_SCORED``.
    """
    chosen: list[QueryTerm] = []
    pages = 0
    for term in sorted(terms, key=lambda term: term.document_frequency):
        pages_with_it = min(pages + term.document_frequency, page_count)
        if pages >= needed and pages_with_it > max(constants.MAX_SCORED, needed):
            break
        chosen.append(term)
        pages = pages_with_it
    return chosen
