"""A query of the lab, its three rankings, and how pages move from one ranking to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ...retrieval import Explanation, Legs, Ranking, explain_pages, load_pages, rank_pages, visible_to

#: Pages of each ranking that are shown.
SHOWN = 10

#: The two rankings that a page can have moved from, as the text beside an arrow.
BY_WORDS = gettext_lazy("by words")
BY_MEANING = gettext_lazy("by meaning")

UP, DOWN, SAME, NEW = "up", "down", "same", "new"


@dataclass(frozen=True, slots=True)
class Visitor:
    """The visitor in whose place the lab searches: what ``visible_to`` reads of a request."""

    user: Any = field(default_factory=AnonymousUser)
    #: Passwords of pages that were typed; empty for another user than the one of the lab.
    session: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_anonymous(self) -> bool:
        """Whether the visitor has not logged in."""
        return not self.user.is_authenticated


@dataclass(frozen=True, slots=True, kw_only=True)
class LabQuery:
    """What is searched for, by whom, among which pages."""

    #: What the visitor types.
    text: str
    visitor: Visitor
    #: The pages to search, all of which the user of the lab may explore.
    among: QuerySet[Any]
    index_name: str
    #: Of the query: decides how words are stemmed.
    language_code: str
    #: Whether the pages are of several languages.
    is_in_all_languages: bool = False
    #: Share of the semantic leg in the combined ranking, 0 to 1; ``None`` for the site's.
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class ExplainedRanking:
    """A ranking, and why its first pages are where they are."""

    #: Of the pages that both the visitor and the user of the lab may see.
    ranking: Ranking
    #: At most ``SHOWN``, best first.
    explanations: tuple[Explanation, ...]

    def places(self) -> dict[Any, int]:
        """Return the place of every page that was found; those left out come after the others."""
        every = (*self.ranking.pages, *self.ranking.left_out)
        return {page.page_id: place for place, page in enumerate(every, start=1)}


@dataclass(frozen=True, slots=True)
class ThreeRankings:
    """The rankings of one query."""

    words: ExplainedRanking
    both: ExplainedRanking
    meaning: ExplainedRanking


def rank_in_three_ways(query: LabQuery) -> ThreeRankings:
    """Search in all three ways; at most eighteen statements, and one call to the provider."""
    return ThreeRankings(
        words=rank(query, Legs.KEYWORD),
        # Embeds the query; the next search finds its vector in the cache.
        both=rank(query, Legs.HYBRID),
        meaning=rank(query, Legs.SEMANTIC),
    )


def rank(query: LabQuery, legs: Legs) -> ExplainedRanking:
    """Search in one way."""
    pages = visible_to(query.visitor, query.among)
    ranking = rank_pages(
        query.text,
        pages,
        index_name=query.index_name,
        legs=legs,
        language_code=query.language_code,
        semantic_weight=query.weight,
    )
    shown = load_pages(ranking, pages.select_related("locale"), stop=SHOWN)
    return ExplainedRanking(ranking, tuple(explain_pages(ranking, shown)))


@dataclass(frozen=True, slots=True)
class Move:
    """The place of a page, compared with that in another ranking."""

    #: Name of the other: ``BY_WORDS`` or ``BY_MEANING``.
    ranking: str | Promise
    #: Its place here, from 1.
    here: int
    #: Its place there; ``None`` where it was not found.
    there: int | None

    @property
    def direction(self) -> str:
        """``UP`` if it is higher here, ``DOWN``, ``SAME``, or ``NEW`` if it was not found there."""
        if self.there is None:
            return NEW
        if self.there == self.here:
            return SAME
        return UP if self.here < self.there else DOWN

    @property
    def places(self) -> int:
        """How many places it has moved."""
        return abs(self.here - self.there) if self.there is not None else 0

    @property
    def label(self) -> str:
        """Its place there; an arrow with the number of places follows."""
        if self.there is None:
            return _("not found %(ranking)s") % {"ranking": self.ranking}
        return _("%(ranking)s: %(there)d") % {"ranking": self.ranking, "there": self.there}

    @property
    def sentence(self) -> str:
        """The move in words, for screen readers."""
        direction = self.direction
        if direction == NEW:
            return _("not found %(ranking)s") % {"ranking": self.ranking}
        if direction == SAME:
            return _("in the same place %(ranking)s") % {"ranking": self.ranking}
        values = {"places": self.places, "there": self.there, "ranking": self.ranking}
        if direction == UP:
            return (
                ngettext(
                    "%(places)d place higher than %(ranking)s, where it is number %(there)d",
                    "%(places)d places higher than %(ranking)s, where it is number %(there)d",
                    self.places,
                )
                % values
            )
        return (
            ngettext(
                "%(places)d place lower than %(ranking)s, where it is number %(there)d",
                "%(places)d places lower than %(ranking)s, where it is number %(there)d",
                self.places,
            )
            % values
        )
