"""From the hits of two legs to one ranking. Pure.

The scores of each leg are standardised to mean 0 and standard deviation 1 over its top results (Montague & Aslam,
"Relevance score normalization for metasearch", CIKM 2001) and added with a weight each (Fox & Shaw, "Combination of
multiple searches", TREC-2, 1994). Unlike reciprocal ranks that keeps how much better one page is than the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from . import constants
from .formulas import moments
from .values import Hit, RankedPage

if TYPE_CHECKING:
    from ..database.tables import PageKey

#: By how much the score of a page whose title is the query is above all others.
TITLE_LEAD = 1.0

_PAGE_ID, _PUBLISHED, _SCORE = attrgetter("page_id"), attrgetter("published"), attrgetter("score")


def fuse(
    semantic: Sequence[Hit],
    keyword: Sequence[Hit],
    *,
    weight: float,
    pool: int = constants.TOP,
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
        The pages of both legs, best first; of equal scores the page that was published last.
    """
    similarities = {hit.page_id: hit.score for hit in semantic}
    keyword_scores = {hit.page_id: hit.score for hit in keyword}
    published = {hit.page_id: hit.published for hit in (*semantic, *keyword)}
    titles = {hit.page_id for hit in keyword if hit.has_title}
    without_vectors = {hit.page_id for hit in keyword if not hit.has_vectors}
    near = _standardise(similarities)
    scored = keyword_scores if refined is None else {hit.page_id: hit.score for hit in refined}
    matching = _standardise(scored, zeros=max(0, min(constants.TOP, pool) - len(scored)))

    def fused(page_id: PageKey) -> float:
        by_words = matching.scores.get(page_id, matching.missing)
        # What is not known of a page without vectors is taken to be as good as its words.
        missing = by_words if page_id in without_vectors else near.missing
        return weight * near.scores.get(page_id, missing) + (1 - weight) * by_words

    return _best_first(
        [
            RankedPage(
                page_id,
                fused(page_id),
                similarities.get(page_id),
                keyword_scores.get(page_id),
                has_title=page_id in titles,
                has_vectors=page_id not in without_vectors,
                published=published[page_id],
            )
            for page_id in similarities | keyword_scores
        ]
    )


def rank_semantic(hits: Sequence[Hit]) -> tuple[RankedPage, ...]:
    """Rank by the semantic leg alone; the score is the cosine similarity."""
    return _best_first(
        [RankedPage(hit.page_id, hit.score, similarity=hit.score, published=hit.published) for hit in hits]
    )


def rank_keyword(hits: Sequence[Hit]) -> tuple[RankedPage, ...]:
    """Rank by the keyword leg alone; the score is that of BM25."""
    return _best_first(
        [
            RankedPage(
                hit.page_id, hit.score, keyword_score=hit.score, has_title=hit.has_title, published=hit.published
            )
            for hit in hits
        ]
    )


class _Standard(NamedTuple):
    """The standard scores of a leg, and that of a page which the leg did not find."""

    scores: Mapping[PageKey, float]
    missing: float


def _standardise(scores: Mapping[PageKey, float], zeros: int = 0) -> _Standard:
    """Standardise the scores of a leg. A page that the leg did not find is no better than the last that it did.

    Args:
        scores: By page.
        zeros: Pages without any term of the query that are counted in, so that a term of a single page has a
            deviation to rise above. Otherwise that page would lose to any that merely means something similar.
    """
    mean, deviation = moments(scores.values(), zeros)
    standard = {page_id: (score - mean) / deviation for page_id, score in scores.items()}
    return _Standard(standard, -mean / deviation if zeros else min(standard.values(), default=0.0))


def _best_first(pages: list[RankedPage]) -> tuple[RankedPage, ...]:
    """Sort pages; those whose title is the query come first, with so much more score as they need for that."""
    titled = [page.score for page in pages if page.has_title]
    if titled and len(titled) < len(pages):
        lift = max(max(page.score for page in pages if not page.has_title) - min(titled) + TITLE_LEAD, 0.0)
        pages = [page._replace(score=page.score + lift) if page.has_title else page for page in pages]
    pages.sort(key=_PAGE_ID)
    pages.sort(key=_PUBLISHED, reverse=True)  # a stable sort, also in reverse
    pages.sort(key=_SCORE, reverse=True)
    return tuple(pages)
