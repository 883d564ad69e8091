"""What the lab shows of a ranking: a column of results."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from wagtail.coreutils import get_content_languages
from wagtail.permissions import page_permission_policy

from ...ranking.constants import TOP
from ...retrieval import Explanation, highlight
from ..explaining import BOTH, MEANING, WORDS, Way, Why, explain_result, words_as_typed
from ..wording import describe_degraded
from .searching import BY_MEANING, BY_WORDS, ExplainedRanking, LabQuery, Move, ThreeRankings


@dataclass(frozen=True, slots=True)
class Result:
    """One page in a column."""

    #: The page, its place and score.
    explanation: Explanation
    why: Why
    #: With the words of the query marked.
    title: SafeString
    #: With the words marked; empty where there is none to show.
    passage: SafeString
    #: Of the page editor; empty if the user may not edit the page.
    edit_url: str
    #: Where visitors read it; empty if they cannot.
    view_url: str
    #: Name of the page's language.
    language: str
    #: Length of its bar, 0 to 100: the score, compared with the best of the column.
    bar: int
    #: Its places in the other rankings.
    moves: tuple[Move, ...]

    @property
    def page(self) -> Any:
        """The page."""
        return self.explanation.page


@dataclass(frozen=True, slots=True)
class Column:
    """The first results of one way of searching."""

    way: Way
    explained: ExplainedRanking
    results: tuple[Result, ...] = ()

    @property
    def found(self) -> int:
        """Number of pages found."""
        return len(self.explained.ranking.pages)

    @property
    def is_full(self) -> bool:
        """Whether there may be more: a leg returns no more than ``TOP``."""
        return self.way is not BOTH and self.found >= TOP

    @property
    def left_out(self) -> int:
        """Number of pages that are not a close enough match."""
        return len(self.explained.ranking.left_out)

    @property
    def degraded(self) -> str:
        """Why the search used words only; empty if it did not."""
        ranking = self.explained.ranking
        return describe_degraded(ranking.degraded_reason) if ranking.degraded else ""

    @property
    def is_answered(self) -> bool:
        """Whether the ranking was made in the way that the column shows."""
        ranking = self.explained.ranking
        return ranking.answered and not (self.way is MEANING and ranking.degraded)


class Columns:
    """Makes columns for one user and one query.

    Args:
        request: Of the user of the lab.
        query: What was searched for.
    """

    def __init__(self, request: Any, query: LabQuery) -> None:
        self.request = request
        self.query = query
        self.languages = get_content_languages()
        self.written: Mapping[str, str] = {}
        self.editable: Collection[Any] = ()

    def of_all(self, rankings: ThreeRankings) -> list[Column]:
        """Return the three columns: words on the left, meaning on the right, as on the slider between them."""
        self._read((rankings.words, rankings.both, rankings.meaning))
        by_words, by_meaning = _places(WORDS, rankings.words), _places(MEANING, rankings.meaning)
        return [
            self._column(WORDS, rankings.words, {BY_MEANING: by_meaning}),
            self._of_both(rankings.both),
            self._column(MEANING, rankings.meaning, {BY_WORDS: by_words}),
        ]

    def of_both(self, explained: ExplainedRanking) -> Column:
        """Return the column in the middle alone."""
        self._read((explained,))
        return self._of_both(explained)

    def _of_both(self, explained: ExplainedRanking) -> Column:
        # The combined ranking knows the places in both legs, so that no other search is needed.
        by_words = {found.page.pk: found.keyword_rank for found in explained.explanations if found.keyword_rank}
        by_meaning = {found.page.pk: found.semantic_rank for found in explained.explanations if found.semantic_rank}
        others = {} if explained.ranking.degraded else {BY_WORDS: by_words, BY_MEANING: by_meaning}
        return self._column(BOTH, explained, others)

    def _column(self, way: Way, explained: ExplainedRanking, others: Mapping[Any, Mapping[Any, int] | None]) -> Column:
        known = {ranking: places for ranking, places in others.items() if places is not None}
        results = []
        for found, bar in zip(explained.explanations, _bars(explained), strict=True):
            page, terms = found.page, explained.ranking.terms
            result = Result(
                explanation=found,
                why=explain_result(found, explained.ranking, self.written),
                title=highlight(page.title, terms),
                passage=highlight(found.passage.text if found.passage else "", terms),
                edit_url=reverse("wagtailadmin_pages:edit", args=[page.pk]) if page.pk in self.editable else "",
                view_url=page.get_url(self.request) or "",
                language=self.languages.get(page.locale.language_code, page.locale.language_code),
                bar=bar,
                moves=tuple(Move(other, found.rank, places.get(page.pk)) for other, places in known.items()),
            )
            results.append(result)
        return Column(way, explained, tuple(results))

    def _read(self, rankings: Sequence[ExplainedRanking]) -> None:
        """Look up the words of the query as they were typed, and which pages the user may edit. One statement."""
        self.written = words_as_typed(rankings[0].ranking)
        shown = {found.page.pk for explained in rankings for found in explained.explanations}
        pages = page_permission_policy.instances_user_has_permission_for(self.request.user, "change")
        self.editable = set(pages.filter(pk__in=shown).order_by().values_list("pk", flat=True))


def _places(way: Way, explained: ExplainedRanking) -> dict[Any, int] | None:
    """Return the places in a ranking; ``None`` where it was not made in the way that its column shows."""
    return explained.places() if Column(way, explained).is_answered else None


def _bars(explained: ExplainedRanking) -> list[int]:
    """Return the scores as shares of the best; where some are below 0, as in a combined ranking, from the lowest on."""
    scores = [found.score for found in explained.explanations]
    if not scores:
        return []
    every = (*explained.ranking.pages, *explained.ranking.left_out)
    lowest = min(0.0, *(page.score for page in every), *scores)
    best = max(scores) - lowest
    return [round(100 * (score - lowest) / best) if best else 100 for score in scores]
