"""From the hits of two legs to one ranking. Pure.

The scores of each leg are standardised to mean 0 and standard deviation 1 over its top results (Montague & Aslam,
"Relevance score normalization for metasearch", CIKM 2001) and added with a weight each (Fox & Shaw, "Combination of
multiple searches", TREC-2, 1994). Unlike reciprocal ranks that keeps how much better one page is than the next.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import inf, sqrt
from operator import attrgetter
from typing import NamedTuple

from .results import RankedPage

_PAGE_ID, _SCORE = attrgetter("page_id"), attrgetter("score")

#: Pages that each leg contributes.
TOP = 100

#: Share of the semantic leg by model: less for static word vectors, which know little of how words stand together.
SEMANTIC_WEIGHTS: Mapping[str, float] = {"wordllama": 0.35}
DEFAULT_SEMANTIC_WEIGHT = 0.55


class Hit(NamedTuple):
    """A page that one leg found.

    Args:
        page_id: Primary key of the page.
        score: Cosine similarity or BM25 score: higher is better.
    """

    page_id: int
    score: float


def default_semantic_weight(model: str) -> float:
    """Return the share of the semantic leg, 0 to 1, that serves an embedding model best."""
    return SEMANTIC_WEIGHTS.get(model, DEFAULT_SEMANTIC_WEIGHT)


def fuse(
    semantic: Sequence[Hit],
    keyword: Sequence[Hit],
    *,
    weight: float,
    pool: int = TOP,
    refined: Sequence[Hit] | None = None,
) -> tuple[RankedPage, ...]:
    """Merge the hits of two legs.

    Args:
        semantic: Hits of the semantic leg, at most ``TOP``.
        keyword: Hits of the keyword leg, at most ``TOP``.
        weight: Share of the semantic leg, 0 to 1.
        pool: Number of pages that the legs could choose from.
        refined: Keyword scores after relevance feedback, of pages of either leg; ``None`` ranks by those of the leg.

    Returns:
        The pages of both legs, best first; equal scores in the order of the primary key.
    """
    similarities, keyword_scores = dict(semantic), dict(keyword)
    nearness, far = _standardise(similarities)
    scored = keyword_scores if refined is None else dict(refined)
    words, wordless = _standardise(scored, zeros=max(0, min(TOP, pool) - len(scored)))
    return _best_first(
        [
            RankedPage(
                page_id,
                weight * nearness.get(page_id, far) + (1 - weight) * words.get(page_id, wordless),
                similarities.get(page_id),
                keyword_scores.get(page_id),
            )
            for page_id in similarities | keyword_scores
        ]
    )


def rank_by_meaning(hits: Sequence[Hit]) -> tuple[RankedPage, ...]:
    """Rank by the semantic leg alone; the score is the cosine similarity."""
    return _best_first([RankedPage(page_id, score, similarity=score) for page_id, score in hits])


def rank_by_words(hits: Sequence[Hit]) -> tuple[RankedPage, ...]:
    """Rank by the keyword leg alone; the score is that of BM25."""
    return _best_first([RankedPage(page_id, score, keyword_score=score) for page_id, score in hits])


class _Standard(NamedTuple):
    """The standard scores of a leg, and that of a page which the leg did not find."""

    scores: Mapping[int, float]
    missing: float


def _standardise(scores: Mapping[int, float], zeros: int = 0) -> _Standard:
    """Standardise the scores of a leg. A page that it did not find is no better than the last it did.

    Args:
        scores: By page.
        zeros: Pages without any word of the query that are counted in, so that a word which stands on a single page has
            a deviation to rise above. Else that page would lose to any that merely means something similar.
    """
    mean, deviation = _moments(scores.values(), zeros)
    standard = {page_id: (score - mean) / deviation for page_id, score in scores.items()}
    return _Standard(standard, -mean / deviation if zeros else min(standard.values(), default=0.0))


def _moments(scores: Collection[float], zeros: int) -> tuple[float, float]:
    """Return mean and standard deviation of scores and a number of zeros; an endless deviation of equal scores.

    Those differ by rounding alone, and must not be blown up to a deviation of 1.
    """
    number = len(scores) + zeros or 1
    mean = sum(scores) / number
    variance = (sum((score - mean) ** 2 for score in scores) + zeros * mean**2) / number
    return mean, sqrt(variance) if variance > 1e-12 * max(1.0, mean * mean) else inf


def _best_first(pages: list[RankedPage]) -> tuple[RankedPage, ...]:
    pages.sort(key=_PAGE_ID)
    pages.sort(key=_SCORE, reverse=True)  # a stable sort, also in reverse
    return tuple(pages)
