"""How far a page has moved from one ranking to another, as an arrow and as a sentence. Pure but for the words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

#: The two rankings that a page can have come from: what stands beside an arrow.
BY_WORDS = gettext_lazy("by words")
BY_MEANING = gettext_lazy("by meaning")

UP, DOWN, SAME, NEW = "up", "down", "same", "new"


@dataclass(frozen=True, slots=True)
class Move:
    """Where a page stands here, compared with another ranking."""

    #: What the other is called: ``BY_WORDS`` or ``BY_MEANING``.
    ranking: str | Promise
    #: Its place here, from 1.
    here: int
    #: Its place there; ``None`` where it was not found.
    there: int | None

    @property
    def direction(self) -> str:
        """``UP`` if it stands higher here, ``DOWN``, ``SAME``, or ``NEW`` if it was not found there."""
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
        """Where it stands there; an arrow with the number of places follows."""
        if self.there is None:
            return _("not found %(ranking)s") % {"ranking": self.ranking}
        return _("%(ranking)s: %(there)d") % {"ranking": self.ranking, "there": self.there}

    @property
    def sentence(self) -> str:
        """The move in words, for who does not see the arrow."""
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
