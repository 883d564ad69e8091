"""Where a ranking ends: pages for which too little speaks are left out. Pure.

A similarity of .4 is much for one model and nothing for another. So a generation is calibrated when it is built:
``background_similarity`` is what queries about nothing reach, ``title_similarity`` what a page's own title does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..models.terms import K1
from .generations import ServingGeneration
from .keywords import weigh
from .prepare import PreparedSearch, QueryLexeme
from .results import RankedPage

#: What the words of a query count, against the nearness in meaning.
COVERAGE_WEIGHT = 1.5
# Titles that say no more than noise calibrate nothing.
_LEAST_CONTRAST = 0.05


@dataclass(frozen=True, slots=True)
class Cutoff:
    """How much must speak for a page.

    Args:
        background: Cosine similarity of a query about nothing on the site.
        title: Cosine similarity of a page to its own title.
        best_keyword_score: BM25 score of an endless page of nothing but the query's words.
        threshold: The evidence that a page needs.
    """

    background: float
    title: float
    best_keyword_score: float
    threshold: float

    def evidence(self, similarity: float, keyword_score: float) -> float:
        """Return how much speaks for a page: 0 is noise, 1 is as near as a page is to its own title."""
        nearness = (similarity - self.background) / (self.title - self.background)
        coverage = keyword_score / self.best_keyword_score if self.best_keyword_score else 0.0
        return nearness + COVERAGE_WEIGHT * coverage

    def is_enough(self, page: RankedPage) -> bool:
        """Return whether the evidence for a page reaches the threshold."""
        return page.evidence is not None and page.evidence >= self.threshold

    def judge(self, pages: Sequence[RankedPage]) -> tuple[RankedPage, ...]:
        """Return pages with their evidence. One that the dense leg did not find is no nearer than the last it did."""
        furthest = min((page.similarity for page in pages if page.similarity is not None), default=self.background)
        return tuple(
            RankedPage(
                page_id,
                score,
                similarity,
                keyword_score,
                self.evidence(furthest if similarity is None else similarity, keyword_score or 0.0),
            )
            for page_id, score, similarity, keyword_score, _ in pages
        )


def make_cutoff(prepared: PreparedSearch, threshold: float, *, dense_only: bool) -> Cutoff | None:
    """Return the cut-off of a search; ``None`` where there is none.

    Args:
        prepared: The query's lexemes, and the generation with its calibration.
        threshold: ``CUTOFF`` in settings; 0 for no cut-off.
        dense_only: Whether only the dense leg is run.
    """
    background, title = prepared.generation.background_similarity, prepared.generation.title_similarity
    if not threshold or background is None or title is None or title - background < _LEAST_CONTRAST:
        return None
    best = 0.0 if dense_only else best_keyword_score(prepared.lexemes, prepared.generation)
    # Where no words can speak for a page, as in a query of stop words, it need only be nearer than noise.
    return Cutoff(background, title, best, threshold if best else 0.0)


def best_keyword_score(lexemes: Iterable[QueryLexeme], generation: ServingGeneration) -> float:
    """Return the BM25 score that no page can reach: every word as saturated as it gets."""
    return (K1 + 1) * sum(weigh(lexeme, generation.page_count) for lexeme in lexemes)
