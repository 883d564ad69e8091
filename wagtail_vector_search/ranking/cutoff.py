"""Where a ranking ends: pages with too little evidence are left out. Pure.

A similarity of .4 is much for one model and nothing for another. So a generation is calibrated when it is built:
``background_similarity`` is what queries about nothing reach, ``title_similarity`` what a page's own title does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from . import constants, formulas
from .values import QueryTerm, RankedPage

if TYPE_CHECKING:
    from ..generations.serving import ServingGeneration


@dataclass(frozen=True, slots=True)
class Cutoff:
    """How much evidence a page needs."""

    #: Cosine similarity of a query about nothing on the site; below 1.
    background: float
    #: Cosine similarity of a page to its own title.
    title: float
    #: Upper bound of the BM25 score.
    max_score: float
    #: Share of the query's terms that the site knows, 0 to 1.
    known: float
    #: What that says for a page that has none of them.
    known_without: float
    #: Number of pages that it has.
    page_count: int
    #: The evidence that a page needs.
    threshold: float

    def evidence(self, similarity: float | None, keyword_score: float, rank: int) -> float:
        """Return the evidence for a page; see ``formulas.evidence``.

        Args:
            similarity: Cosine similarity of its nearest chunk; ``None`` for a page without vectors, which is taken to
                be as near as its words say.
            keyword_score: Its BM25 score.
            rank: Its place in the ranking, from 1.
        """
        coverage = min(keyword_score / self.max_score, 1.0) if self.max_score else 0.0
        near = coverage if similarity is None else formulas.nearness(similarity, self.background, self.title)
        known = self.known
        if not coverage and self.max_score:
            if formulas.is_blind(self.background, self.title):
                return constants.BLIND_EVIDENCE
            known = self.known_without
        return formulas.evidence(near, coverage, known, rank, self.page_count)

    def is_enough(self, page: RankedPage) -> bool:
        """Return whether the evidence for a page reaches the threshold, or its title is the query."""
        return page.has_title or (page.evidence is not None and page.evidence >= self.threshold)

    def judge(self, pages: Sequence[RankedPage]) -> tuple[RankedPage, ...]:
        """Return pages with their evidence.

        A page that the semantic leg did not find is no nearer than the last that it did, unless it has no vectors.

        Args:
            pages: All of the ranking, best first.
        """
        similarities = sorted((page.similarity for page in pages if page.similarity is not None), reverse=True)
        furthest = similarities[-1] if similarities else self.background
        # The least similarity that the semantic leg by itself lets through.
        threshold = self.threshold * constants.THRESHOLD_WITHOUT_TERMS if self.max_score else self.threshold
        alone = replace(self, max_score=0.0)
        enough = (value for rank, value in enumerate(similarities, 1) if alone.evidence(value, 0.0, rank) >= threshold)
        least = min(enough, default=inf)
        judged = []
        for rank, page in enumerate(pages, start=1):
            similarity = furthest if page.similarity is None else page.similarity
            known = similarity if page.has_vectors else None
            evidence = self.evidence(known, page.keyword_score or 0.0, rank)
            judged.append(page._replace(evidence=evidence, is_near=page.has_vectors and similarity >= least))
        return tuple(judged)


def make_cutoff(
    terms: Sequence[QueryTerm], generation: ServingGeneration, threshold: float, *, semantic_only: bool
) -> Cutoff | None:
    """Return the cut-off of a search; ``None`` where there is none.

    Args:
        terms: Of the query.
        generation: Gives the calibration and the number of pages.
        threshold: ``CUTOFF`` in settings; 0 for no cut-off.
        semantic_only: Whether only the semantic leg is run.
    """
    background, title = generation.background_similarity, generation.title_similarity
    best = 0.0 if semantic_only else formulas.max_score(terms, generation.page_count)
    if best and (background is None or title is None):
        # What its similarities mean is not known: words decide, as for a model that does not know the language.
        background = title = 0.0
    if not threshold or background is None or title is None or background >= 1:
        return None
    needed = threshold if best else threshold * constants.THRESHOLD_WITHOUT_TERMS
    known = formulas.known_share(terms, generation.page_count)
    without = formulas.known_without(known, sum(term.is_expected for term in terms))
    return Cutoff(background, title, best, known, without, generation.page_count, needed)
