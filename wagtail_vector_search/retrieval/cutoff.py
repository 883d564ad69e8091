"""Where a ranking ends: pages for which too little speaks are left out. Pure.

A similarity of .4 is much for one model and nothing for another. So a generation is calibrated when it is built:
``background_similarity`` is what queries about nothing reach, ``title_similarity`` what a page's own title does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log10

from ..generations.serving import ServingGeneration
from ..ranking.constants import K1
from .keywords import weigh
from .prepare import PreparedSearch, QueryTerm
from .results import RankedPage

#: What the words of a query that a page has count, against the nearness in meaning.
COVERAGE_WEIGHT = 1.5
#: What those count that the site knows at all: a query of words that nobody has written here is about something else.
KNOWN_WEIGHT = 0.5
#: How much more must speak for a page that stands ten times as far down: fewer of those answer the query.
RANK_WEIGHT = 0.2
#: How much more must speak for a page where there are ten times as many: more words are known there by chance.
SIZE_WEIGHT = 0.1
#: Pages of the site for which nothing is added or taken away.
ORDINARY_SIZE = 1000
# Of the way from noise to the very same text: a title that is a name or a code says little of its page.
_LEAST_TITLE = 0.5


@dataclass(frozen=True, slots=True)
class Cutoff:
    """How much must speak for a page.

    Args:
        background: Cosine similarity of a query about nothing on the site; below 1.
        title: Cosine similarity of a page to its own title.
        best_keyword_score: BM25 score of an endless page of nothing but the query's words.
        known: Share of the query's words that the site knows, 0 to 1.
        page_count: Number of pages that it has.
        threshold: The evidence that a page needs.
    """

    background: float
    title: float
    best_keyword_score: float
    known: float
    page_count: int
    threshold: float

    def evidence(self, similarity: float, keyword_score: float, rank: int) -> float:
        """Return how much speaks for a page.

        Args:
            similarity: Cosine similarity of its nearest chunk.
            keyword_score: Its BM25 score.
            rank: Its place in the ranking, from 1.

        Returns:
            0 for a query of made-up words that comes as near as such a query comes to any page of an ordinary site.
        """
        coverage = keyword_score / self.best_keyword_score if self.best_keyword_score else 0.0
        words = COVERAGE_WEIGHT * coverage + KNOWN_WEIGHT * self.known
        chance = RANK_WEIGHT * log10(rank) + SIZE_WEIGHT * log10(max(self.page_count, 1) / ORDINARY_SIZE)
        return nearness(similarity, self.background, self.title) + words - chance

    def is_enough(self, page: RankedPage) -> bool:
        """Return whether the evidence for a page reaches the threshold."""
        return page.evidence is not None and page.evidence >= self.threshold

    def judge(self, pages: Sequence[RankedPage]) -> tuple[RankedPage, ...]:
        """Return pages with their evidence. One that the semantic leg did not find is no nearer than the last it did.

        Args:
            pages: All of the ranking, best first.
        """
        furthest = min((page.similarity for page in pages if page.similarity is not None), default=self.background)
        return tuple(
            RankedPage(
                page_id,
                score,
                similarity,
                keyword_score,
                self.evidence(furthest if similarity is None else similarity, keyword_score or 0.0, rank),
            )
            for rank, (page_id, score, similarity, keyword_score, _) in enumerate(pages, start=1)
        )


def make_cutoff(prepared: PreparedSearch, threshold: float, *, semantic_only: bool) -> Cutoff | None:
    """Return the cut-off of a search; ``None`` where there is none.

    Args:
        prepared: The query's terms, and the generation with its calibration.
        threshold: ``CUTOFF`` in settings; 0 for no cut-off.
        semantic_only: Whether only the semantic leg is run.
    """
    generation, terms = prepared.generation, prepared.terms
    background, title = generation.background_similarity, generation.title_similarity
    if not threshold or background is None or title is None or background >= 1:
        return None
    best, known = 0.0 if semantic_only else best_keyword_score(terms, generation), known_share(terms, generation)
    # Half as much is asked where no words can speak for a page, as in a query of stop words.
    needed = threshold if best else threshold / 2
    return Cutoff(background, title, best, known, generation.page_count, needed)


def nearness(similarity: float, background: float, title: float) -> float:
    """Return how near a page is in meaning: 0 is noise, 1 as near as a page is to its own title.

    Args:
        similarity: Cosine similarity to the query.
        background: That of a query about nothing.
        title: That of a page to its title.
    """
    return (similarity - background) / max(title - background, _LEAST_TITLE * (1 - background))


def best_keyword_score(terms: Iterable[QueryTerm], generation: ServingGeneration) -> float:
    """Return the BM25 score that no page can reach: every word as saturated as it gets."""
    return (K1 + 1) * sum(weigh(term, generation.page_count) for term in terms)


def known_share(terms: Sequence[QueryTerm], generation: ServingGeneration) -> float:
    """Return the share of a query's words that stand on any page, rare words counting more; 1 for no words."""
    best = best_keyword_score(terms, generation)
    known = (term for term in terms if term.document_frequency)
    return best_keyword_score(known, generation) / best if best else 1.0
