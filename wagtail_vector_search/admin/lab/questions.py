"""A question to the lab, and the three answers to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ...retrieval import Explanation, Legs, Ranking, explain_pages, load_pages, rank_pages, visible_to
from .visitors import Visitor

#: Pages of each ranking that are shown.
SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked."""

    #: What the visitor types.
    text: str
    #: Who searches.
    visitor: Visitor
    #: The pages to search; none that who uses the lab may not explore.
    among: QuerySet[Any]
    #: Of the index.
    index_name: str
    #: Of the query.
    language_code: str
    #: Whether the pages are of several languages.
    is_in_all_languages: bool = False
    #: Share of the meaning in the ranking by both, 0 to 1; ``None`` for that of the site.
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A ranking, with why the first of its pages stand where they do."""

    #: Of the pages that both the visitor and who uses the lab may see.
    ranking: Ranking
    #: At most ``SHOWN``, best first.
    explanations: tuple[Explanation, ...]

    def places(self) -> dict[Any, int]:
        """Return the place of every page that was found, those left out behind the others."""
        every = (*self.ranking.pages, *self.ranking.left_out)
        return {page.page_id: place for place, page in enumerate(every, start=1)}


@dataclass(frozen=True, slots=True)
class Answers:
    """The same question, answered in three ways."""

    words: Answer
    both: Answer
    meaning: Answer


def ask(question: Question) -> Answers:
    """Search in all three ways; at most eighteen statements, and one call to the provider."""
    return Answers(
        words=_ask(question, Legs.KEYWORD),
        # Before the other that needs the meaning of the query, which then is in the cache.
        both=ask_for_both(question),
        meaning=_ask(question, Legs.SEMANTIC),
    )


def ask_for_both(question: Question) -> Answer:
    """Search by words and meaning together."""
    return _ask(question, Legs.HYBRID)


def _ask(question: Question, legs: Legs) -> Answer:
    pages = visible_to(question.visitor, question.among)
    ranking = rank_pages(
        question.text,
        pages,
        index_name=question.index_name,
        legs=legs,
        language_code=question.language_code,
        semantic_weight=question.weight,
    )
    shown = load_pages(ranking, pages.select_related("locale"), stop=SHOWN)
    return Answer(ranking, tuple(explain_pages(ranking, shown)))
