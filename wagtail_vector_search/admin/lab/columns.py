"""What the lab shows of an answer: a column of results."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from wagtail.coreutils import get_content_languages
from wagtail.permissions import page_permission_policy

from ...ranking.constants import TOP
from ...retrieval import Explanation, Ranking, highlight
from ..explaining import BOTH, MEANING, WORDS, Way, Why, explain_result, words_as_typed
from ..wording import describe_degraded
from .moves import BY_MEANING, BY_WORDS, Move
from .questions import Answer, Answers, Question


@dataclass(frozen=True, slots=True)
class Result:
    """One page in a column."""

    #: The page, its place and score.
    explanation: Explanation
    #: Why it stands there.
    why: Why
    #: With the words of the query marked.
    title: SafeString
    #: The same; empty where there is none to show.
    passage: SafeString
    #: Where the user may edit it; else empty.
    edit_url: str
    #: Where visitors read it; empty where they cannot.
    view_url: str
    #: Of the page.
    language: str
    #: How long its bar is, 0 to 100: the score, compared with the best of the column.
    bar: int
    #: Where it stands in the other rankings.
    moves: tuple[Move, ...]

    @property
    def page(self) -> Any:
        """The page."""
        return self.explanation.page


@dataclass(frozen=True, slots=True)
class Column:
    """One of the three answers."""

    #: Of searching.
    way: Way
    #: The ranking.
    answer: Answer
    #: The first of it.
    results: tuple[Result, ...] = ()

    @property
    def found(self) -> int:
        """Number of pages found."""
        return len(self.answer.ranking.pages)

    @property
    def is_full(self) -> bool:
        """Whether there may be more: a search looks no further."""
        return self.way is not BOTH and self.found >= TOP

    @property
    def left_out(self) -> int:
        """Number of pages for which too little speaks."""
        return len(self.answer.ranking.left_out)

    @property
    def degraded(self) -> str:
        """Why the meaning of the query is not known; empty where it is, or does not matter."""
        ranking = self.answer.ranking
        return describe_degraded(ranking.degraded_reason) if ranking.degraded else ""

    @property
    def is_answered(self) -> bool:
        """Whether there is a ranking of the kind that the column is about."""
        ranking = self.answer.ranking
        return ranking.answered and not (self.way is MEANING and ranking.degraded)


class Columns:
    """Makes columns for one user and one question.

    Args:
        request: Of who uses the lab.
        question: What was asked.
    """

    def __init__(self, request: Any, question: Question) -> None:
        self.request = request
        self.question = question
        self.languages = get_content_languages()
        self.written: Mapping[str, str] = {}
        self.editable: Collection[Any] = ()

    def of_all(self, answers: Answers) -> list[Column]:
        """Return the three columns: words on the left, meaning on the right, as on the slider between them."""
        self._read((answers.words, answers.both, answers.meaning))
        by_words, by_meaning = _places(WORDS, answers.words), _places(MEANING, answers.meaning)
        return [
            self._column(WORDS, answers.words, {BY_MEANING: by_meaning}),
            self._of_both(answers.both),
            self._column(MEANING, answers.meaning, {BY_WORDS: by_words}),
        ]

    def of_both(self, answer: Answer) -> Column:
        """Return the column in the middle alone."""
        self._read((answer,))
        return self._of_both(answer)

    def _of_both(self, answer: Answer) -> Column:
        # A ranking by both knows the places in each, so that no other search is needed.
        by_words = {found.page.pk: found.keyword_rank for found in answer.explanations if found.keyword_rank}
        by_meaning = {found.page.pk: found.semantic_rank for found in answer.explanations if found.semantic_rank}
        others = {} if answer.ranking.degraded else {BY_WORDS: by_words, BY_MEANING: by_meaning}
        return self._column(BOTH, answer, others)

    def _column(self, way: Way, answer: Answer, others: Mapping[Any, Mapping[Any, int] | None]) -> Column:
        known = {ranking: places for ranking, places in others.items() if places is not None}
        results = (
            self._result(found, bar, answer.ranking, known)
            for found, bar in zip(answer.explanations, _bars(answer), strict=True)
        )
        return Column(way, answer, tuple(results))

    def _result(
        self, found: Explanation, bar: int, ranking: Ranking, others: Mapping[Any, Mapping[Any, int]]
    ) -> Result:
        page, passage = found.page, found.passage.text if found.passage else ""
        return Result(
            explanation=found,
            why=explain_result(found, ranking, self.written),
            title=highlight(page.title, ranking.terms),
            passage=highlight(passage, ranking.terms),
            edit_url=reverse("wagtailadmin_pages:edit", args=[page.pk]) if page.pk in self.editable else "",
            view_url=page.get_url(self.request) or "",
            language=self.languages.get(page.locale.language_code, page.locale.language_code),
            bar=bar,
            moves=tuple(Move(other, found.rank, places.get(page.pk)) for other, places in others.items()),
        )

    def _read(self, answers: Sequence[Answer]) -> None:
        """Look up the words of the query as they were typed, and which pages the user may edit. Two statements."""
        question = self.question
        self.written = words_as_typed(answers[0].ranking, question.index_name, question.language_code)
        shown = {found.page.pk for answer in answers for found in answer.explanations}
        pages = page_permission_policy.instances_user_has_permission_for(self.request.user, "change")
        self.editable = set(pages.filter(pk__in=shown).order_by().values_list("pk", flat=True))


def _places(way: Way, answer: Answer) -> dict[Any, int] | None:
    """Return the places in an answer; ``None`` where it is not by what its column is about."""
    return answer.places() if Column(way, answer).is_answered else None


def _bars(answer: Answer) -> list[int]:
    """Return the scores as shares of the best; where some are below 0, as by both, from the lowest on."""
    scores = [found.score for found in answer.explanations]
    if not scores:
        return []
    every = (*answer.ranking.pages, *answer.ranking.left_out)
    lowest = min(0.0, *(page.score for page in every), *scores)
    best = max(scores) - lowest
    return [round(100 * (score - lowest) / best) if best else 100 for score in scores]
