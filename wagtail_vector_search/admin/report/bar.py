"""The totals as a bar, each part of which is a link to its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from ...models import Entry
from ..wording import describe_state, reason_label, state_label
from .states import Totals

State = Entry.State

#: From the left: what is well, what is on its way, what is not.
ORDER = (State.INDEXED, State.PENDING, State.FAILED, State.SKIPPED)
#: Share of the width that one page among 100,000 has, too: else nobody would see that it failed.
_LEAST = 0.008


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the bar."""

    #: Its state or reason.
    label: str
    #: Of pages.
    number: int
    #: As ``StateWords`` has it; for its colour.
    tone: str
    #: Where it begins, in percent of the width.
    start: float
    #: In percent; of a few pages among many at least what can be seen.
    width: float
    #: The report with only these pages, or with all if it shows only these now.
    url: str
    #: Whether only these are shown.
    is_current: bool

    @property
    def svg_start(self) -> str:
        """``start`` for an attribute, whatever the language's decimal point."""
        return f"{self.start:.3f}%"

    @property
    def svg_width(self) -> str:
        """``width`` for an attribute."""
        return f"{self.width:.3f}%"


class Bar:
    """What stands at the top of the report."""

    def __init__(self, totals: Totals, url: str, query: Mapping[str, str]) -> None:
        self._totals = totals
        self._url = url
        self._query = query
        #: The states that there are pages of.
        self.parts = list(self._parts())
        #: Why pages are left out, the most frequent first.
        self.reasons = [
            self._part("reason", reason, reason_label(reason), number, "neutral")
            for reason, number in sorted(totals.reasons.items(), key=lambda item: (-item[1], item[0]))
        ]

    @property
    def pages(self) -> int:
        """Number of all pages."""
        return self._totals.pages

    @property
    def in_search(self) -> int:
        """Number of pages that visitors find."""
        return self._totals.states.get(State.INDEXED, 0)

    @property
    def eligible(self) -> int:
        """Number of pages that belong into search."""
        return self.pages - self._totals.states.get(State.SKIPPED, 0)

    @property
    def failed(self) -> int:
        """Number of pages that failed."""
        return self._totals.states.get(State.FAILED, 0)

    def _parts(self) -> Iterator[Part]:
        numbers = {state: number for state in ORDER if (number := self._totals.states.get(state, 0))}
        shares = {state: max(number / self.pages, _LEAST) for state, number in numbers.items()}
        start = 0.0
        for state, number in numbers.items():
            width = 100 * shares[state] / sum(shares.values())
            yield self._part("state", state, state_label(state), number, describe_state(state).tone, start, width)
            start += width

    def _part(
        self, name: str, value: str, label: str, number: int, tone: str, start: float = 0.0, width: float = 0.0
    ) -> Part:
        is_current = self._query.get(name) == value
        url = self._url if is_current else f"{self._url}{'&' if '?' in self._url else '?'}{urlencode({name: value})}"
        return Part(label, number, tone, start, width, url, is_current)
