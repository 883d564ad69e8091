"""The formulas of a ranking. Where PostgreSQL computes one too, its SQL stands below the Python.

``explain()`` shows the texts in capitals; ``tests/integration/ranking/test_twins.py`` compares Python with SQL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import exp, inf, log, log10, sqrt, tanh

from . import constants
from .values import QueryTerm


def idf(document_frequency: int, page_count: int) -> float:
    """Return the inverse document frequency of a term: ``log(1 + (N - n + 0.5) / (n + 0.5))``.

    As in Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with 1 added so that no
    weight is negative.

    Args:
        document_frequency: n, pages that have the term; a term on no page counts as if it stood on one.
        page_count: N, pages of the generation, as last counted; at least n.
    """
    n = max(document_frequency, 1)
    return log(1 + (max(page_count, n) - n + 0.5) / (n + 0.5))


#: ``idf`` in SQL, of the float8 expressions ``{document_frequency}`` and ``{page_count}``.
IDF_SQL = """ln(1 + (greatest({page_count}, {document_frequency}, 1) - greatest({document_frequency}, 1) + 0.5)
    / (greatest({document_frequency}, 1) + 0.5))"""
IDF = "idf, computed as log(1 + (N - n + 0.5) / (n + 0.5)), where n of N = {page_count} pages have the term"
KEYWORD_SCORE = (
    f"BM25, computed as the sum over the terms of (times in the query) * idf * tf * ({constants.K1} + 1) / "
    f"(tf + {constants.K1} * (1 - {constants.B} + {constants.B} * length / average length))"
)


def term_weight(term: QueryTerm, page_count: int) -> float:
    """Return the query side of BM25: frequency in the query x inverse document frequency."""
    return term.frequency * idf(term.document_frequency, page_count)


def max_score(terms: Iterable[QueryTerm], page_count: int) -> float:
    """Return the highest BM25 score of the terms that a page is expected to have: every one saturated."""
    return (constants.K1 + 1) * sum(term_weight(term, page_count) for term in terms if term.is_expected)


def known_share(terms: Collection[QueryTerm], page_count: int) -> float:
    """Return the share of a query's terms that any page has, rare terms counting more; 1 for no terms.

    A corrected word counts ``CORRECTED_KNOWN``.
    """
    best = max_score(terms, page_count)
    found = [term for term in terms if term.document_frequency]
    corrected = max_score((term for term in found if term.is_corrected), page_count)
    known = max_score(found, page_count) - (1 - constants.CORRECTED_KNOWN) * corrected
    return known / best if best else 1.0


def exact_scan_limit(page_count: int) -> int:
    """Return the most candidates that are scanned one by one, without an index, on a site of ``page_count`` pages."""
    return max(constants.EXACT_SCAN_AT_LEAST, round(constants.EXACT_SCAN_PER_ROOT * sqrt(page_count)))


#: ``exact_scan_limit`` in SQL, of an expression ``{page_count}``.
EXACT_SCAN_LIMIT_SQL = "greatest(%(exact_scan_at_least)s, %(exact_scan_per_root)s * sqrt({page_count}))::bigint"


def walk_breadth(page_count: int) -> int:
    """Return ``hnsw.ef_search`` for a query on a site of so many pages."""
    by_size = round(constants.BREADTH_PER_ROOT * sqrt(page_count))
    return min(max(constants.MIN_BREADTH, by_size), constants.MAX_BREADTH)


def chunks_for(wanted: int) -> int:
    """Return the number of chunks that a walk ends with which looks for so many pages."""
    return min(constants.MAX_CHUNKS, constants.CHUNKS_PER_PAGE * wanted)


def breadth_around_page(wanted: int) -> int:
    """Return ``hnsw.ef_search`` for the pages nearest to a page."""
    return round(constants.BREADTH_PER_CHUNK * chunks_for(wanted))


def known_without(known: float, expected: int) -> float:
    """Return what the known terms of a query say for a page that has none of them.

    A page need not have the words of a question. But the only word of a query that is known from other pages tells of
    those.

    Args:
        known: See ``known_share``.
        expected: Number of terms that a page is expected to have.
    """
    return known * (1 - 1 / expected) if expected else known


def semantic_weight(configured: float | None, model: str, *, is_blind: bool = False) -> float:
    """Return the share of the semantic leg in a hybrid ranking, 0 to 1.

    Args:
        configured: ``SEMANTIC_WEIGHT`` in settings; ``None`` for the one that serves the model best.
        model: Name of the model that made the vectors of the generation that serves.
        is_blind: Whether the model does not know the language of the site.
    """
    if configured is not None:
        return configured
    if is_blind:
        return constants.BLIND_SEMANTIC_WEIGHT
    return constants.SEMANTIC_WEIGHTS.get(model, constants.DEFAULT_SEMANTIC_WEIGHT)


def moments(scores: Collection[float], zeros: int) -> tuple[float, float]:
    """Return mean and standard deviation of scores and a number of zeros; an infinite deviation of equal scores.

    Those differ by rounding alone, and must not be blown up to a deviation of 1.
    """
    number = len(scores) + zeros or 1
    mean = sum(scores) / number
    variance = (sum((score - mean) ** 2 for score in scores) + zeros * mean**2) / number
    return mean, sqrt(variance) if variance > 1e-12 * max(1.0, mean * mean) else inf


SIMILARITY = "similarity, computed as the cosine of query and nearest chunk"
FUSED_SCORE = (
    "score, computed as {weight:g} * z(similarity) + {rest:g} * z(BM25 after relevance feedback), "
    "where z(x) = (x - mean) / deviation over the leg"
)


def relevances(scores: Iterable[float]) -> list[float]:
    """Return the probability that each page is the relevant one: the softmax of fused scores."""
    powers = [exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


def feedback_weight(scores: Sequence[float]) -> float:
    """Return the share of feedback in the refined query: ``FEEDBACK_WEIGHT * (p1 - p2) / (p1 + p2)``.

    p1 and p2 are the ``relevances`` of the first two pages: the share is 0 for equal scores.

    Args:
        scores: Fused, best first.
    """
    return constants.FEEDBACK_WEIGHT * tanh((scores[0] - scores[1]) / 2) if len(scores) > 1 else 0.0


def nearness(similarity: float, background: float, title: float) -> float:
    """Return how near a page is in meaning: 0 is noise, 1 as near as a page is to its own title.

    Args:
        similarity: Cosine similarity to the query.
        background: That of a query about nothing; below 1.
        title: That of a page to its title.
    """
    return (similarity - background) / max(title - background, constants.MIN_TITLE_DISTANCE * (1 - background))


def is_blind(background: float, title: float) -> bool:
    """Return whether a model does not know the language of a site: noise is about as near as a page's own title.

    Args:
        background: Cosine similarity of a query about nothing.
        title: That of a page to its title.
    """
    return title - background < constants.BLIND_DISTANCE * (1 - background)


def evidence(nearness: float, coverage: float, known: float, rank: int, page_count: int) -> float:
    """Return nearness + 1.5 coverage + 0.5 known - 0.2 log10(rank) - 0.1 log10(pages / 1000).

    Args:
        nearness: Of the page to the query; see ``nearness``. Of a page with a term of it, ``LEAST_NEARNESS`` at least.
        coverage: BM25 score of the page as a share of ``max_score``.
        known: See ``known_share``.
        rank: Place of the page in the ranking, from 1.
        page_count: Pages of the generation.

    Returns:
        0 for a query of made-up words that comes as near as such a query comes to any page of an ordinary site.
    """
    if coverage > 0:
        nearness = max(nearness, constants.LEAST_NEARNESS)
    terms = constants.COVERAGE_WEIGHT * coverage + constants.KNOWN_WEIGHT * known
    size = log10(max(page_count, 1) / constants.ORDINARY_SIZE)
    return nearness + terms - constants.RANK_WEIGHT * log10(rank) - constants.SIZE_WEIGHT * size


EVIDENCE = (
    f"evidence, computed as nearness + {constants.COVERAGE_WEIGHT} * coverage + {constants.KNOWN_WEIGHT} * known "
    f"- {constants.RANK_WEIGHT} * log10(rank) - {constants.SIZE_WEIGHT} * log10(pages / {constants.ORDINARY_SIZE})"
)
