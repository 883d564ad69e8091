"""The states of those pages that a user may see, and how many there are of which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from wagtail.coreutils import get_content_type_label, get_locales_display_names

from ...models import Entry, Generation
from ..permissions import explorable_pages

State = Entry.State

#: In this order states ask for attention.
ATTENTION = (State.FAILED, State.PENDING, State.SKIPPED, State.INDEXED)

#: A state's place in that order, for sorting.
BY_ATTENTION = Case(
    *(When(state=state, then=Value(place)) for place, state in enumerate(ATTENTION)),
    default=Value(len(ATTENTION)),
    output_field=IntegerField(),
)


def states_visible_to(user: Any, generation: Generation | None) -> QuerySet[Entry]:
    """Return the states of those pages of a generation that a user may see in the explorer."""
    if generation is None:
        return Entry.objects.none()
    states = Entry.objects.filter(generation=generation)
    # Asking whether a superuser may see each of 100,000 pages costs more than all the rest.
    return states if user.is_active and user.is_superuser else states.filter(page__in=explorable_pages(user))


@dataclass(frozen=True)
class Totals:
    """How many pages stand how, and of which types and locales they are."""

    states: Mapping[str, int] = field(default_factory=Counter)
    #: Number of pages left out by reason.
    reasons: Mapping[str, int] = field(default_factory=Counter)
    #: Label by key of the content type.
    types: Mapping[int, str] = field(default_factory=dict)
    #: Label by key of the locale.
    locales: Mapping[int, str] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """Number of all pages."""
        return sum(self.states.values())


def count_states(visible: QuerySet[Entry]) -> Totals:
    """Count pages by state, reason, type and locale. One statement, and one for the names of the types."""
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
    return Totals(states, reasons, _type_labels(types), {key: names.get(key, "") for key in locales})


def _type_labels(keys: set[int]) -> dict[int, str]:
    types = ContentType.objects.filter(pk__in=keys) if keys else ()
    return {content_type.pk: str(get_content_type_label(content_type)) for content_type in types}
