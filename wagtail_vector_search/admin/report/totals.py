"""The index that the report is about, numbers of its pages by state, and the bar that shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from wagtail.coreutils import get_content_type_label, get_locales_display_names

from ...conf import get_all_index_settings
from ...database.availability import is_ready, write_alias
from ...exceptions import SettingsError
from ...models import AbstractEmbedding, Entry, Generation, find_vector_table_of
from ...models.entries import SkipReason
from ..permissions import explorable_pages
from ..wording import describe_state, reason_label, state_label

State = Entry.State

#: In this order states need attention.
ATTENTION = (State.FAILED, State.PENDING, State.SKIPPED, State.INDEXED)

#: A state's place in that order, for sorting.
BY_ATTENTION = Case(
    *(When(state=state, then=Value(place)) for place, state in enumerate(ATTENTION)),
    default=Value(len(ATTENTION)),
    output_field=IntegerField(),
)

#: Skipped pages that are in search again only after the page or the settings change, however often they are read.
ON_PURPOSE = (
    SkipReason.NOT_LIVE,
    SkipReason.PRIVATE,
    SkipReason.ALIAS,
    SkipReason.PAGE_TYPE,
    SkipReason.UNKNOWN_TYPE,
    SkipReason.OWN_RULE,
    SkipReason.NO_ADDRESS,
)

# Of the bar, from the left: what is well, what is on its way, what is not.
_ORDER = (State.INDEXED, State.PENDING, State.FAILED, State.SKIPPED)
# Share of the bar's width for a few pages among many, so that they are visible.
_LEAST = 0.008


@dataclass(frozen=True, slots=True)
class ChosenIndex:
    """The index and the generation that the report is about."""

    #: Empty if no index is configured.
    index_name: str
    #: Of all indexes, in the order of the setting.
    index_names: tuple[str, ...]
    #: The one that serves searches; before there is one, the one that is being built.
    generation: Generation | None
    #: Whether the database is PostgreSQL with this app's tables in it.
    has_tables: bool

    @property
    def vector_table(self) -> type[AbstractEmbedding] | None:
        """The table of its vectors; ``None`` where there is none."""
        generation = self.generation
        return find_vector_table_of(generation.dimensions, generation.configuration) if generation else None

    @property
    def is_serving(self) -> bool:
        """Whether the generation answers searches."""
        return self.generation is not None and self.generation.state == Generation.State.ACTIVE


def choose_index(wanted: str | None) -> ChosenIndex:
    """Choose an index and its generation. One statement.

    Args:
        wanted: Name of an index; without a configured one of that name the first is chosen.
    """
    try:
        index_names = tuple(settings.index_name for settings in get_all_index_settings())
    except SettingsError:  # a check reports it
        index_names = ()
    index_name = wanted if wanted and wanted in index_names else next(iter(index_names), "")
    if not is_ready(write_alias()):
        return ChosenIndex(index_name, index_names, None, has_tables=False)
    states = (Generation.State.ACTIVE, Generation.State.BUILDING)  # also in the order of the alphabet
    following = Generation.objects.filter(index_name=index_name, state__in=states).order_by("state")
    return ChosenIndex(index_name, index_names, following.first(), has_tables=True)


def entries_visible_to(user: Any, generation: Generation | None) -> QuerySet[Entry]:
    """Return the entries of a generation whose pages a user may see in the explorer."""
    if generation is None:
        return Entry.objects.none()
    entries = Entry.objects.filter(generation=generation)
    # Asking whether a superuser may see each of 100,000 pages costs more than all the rest.
    return entries if user.is_active and user.is_superuser else entries.filter(page__in=explorable_pages(user))


@dataclass(frozen=True)
class Totals:
    """Numbers of pages by state, and their types and languages."""

    #: Number of pages by state.
    states: Mapping[str, int] = field(default_factory=Counter)
    #: Number of pages that are left out, by reason.
    reasons: Mapping[str, int] = field(default_factory=Counter)
    #: Label by key of the content type.
    types: Mapping[int, str] = field(default_factory=dict)
    #: Name of the language by key of the locale.
    locales: Mapping[int, str] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """Number of all pages."""
        return sum(self.states.values())


def count_entries(visible: QuerySet[Entry]) -> Totals:
    """Count pages by state, reason, type and locale. One statement, and another for the names of the types."""
    groups = visible.order_by().values_list("state", "skip_reason", "page__content_type", "page__locale")
    states: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    types: set[int] = set()
    locales: set[int] = set()
    for state, reason, content_type, locale, number in groups.annotate(Count("pk")):
        states[state] += number
        if state == State.SKIPPED:
            reasons[reason] += number
        types.add(content_type)
        locales.add(locale)
    names = get_locales_display_names()
    content_types = ContentType.objects.filter(pk__in=types) if types else ()
    type_labels = {content_type.pk: str(get_content_type_label(content_type)) for content_type in content_types}
    return Totals(states, reasons, type_labels, {key: names.get(key, "") for key in locales})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the bar."""

    #: Of the state or reason.
    label: str
    #: Number of pages.
    number: int
    #: As in ``StateWords``; for the colour.
    tone: str
    #: In percent of the bar's width.
    start: float
    #: In percent; of a few pages among many at least what is visible.
    width: float
    #: Of the report on only these pages, or on all pages if it shows only these now.
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


class TotalsBar:
    """The totals as a bar, each part of which links to its pages."""

    def __init__(self, totals: Totals, url: str, query: Mapping[str, str]) -> None:
        self._totals = totals
        self._url = url
        self._query = query
        numbers = {state: number for state in _ORDER if (number := totals.states.get(state, 0))}
        shares = {state: max(number / totals.pages, _LEAST) for state, number in numbers.items()}
        start = 0.0
        #: One for each state that has pages.
        self.parts: list[Part] = []
        for state, number in numbers.items():
            width, tone = 100 * shares[state] / sum(shares.values()), describe_state(state).tone
            self.parts.append(self._part("state", state, state_label(state), number, tone, start, width))
            start += width
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
        """Number of pages that search does not leave out."""
        return self.pages - self._totals.states.get(State.SKIPPED, 0)

    @property
    def failed(self) -> int:
        """Number of pages that failed."""
        return self._totals.states.get(State.FAILED, 0)

    def _part(
        self, name: str, value: str, label: str, number: int, tone: str, start: float = 0.0, width: float = 0.0
    ) -> Part:
        is_current = self._query.get(name) == value
        url = self._url if is_current else f"{self._url}{'&' if '?' in self._url else '?'}{urlencode({name: value})}"
        return Part(label, number, tone, start, width, url, is_current)
