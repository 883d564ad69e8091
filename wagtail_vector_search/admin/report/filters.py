"""What the report can be narrowed down to; nothing is offered that the user may not see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from ...models import Entry
from ..wording import reason_label, state_label
from .sections import Sections
from .states import ATTENTION, Totals


class IndexFilter(django_filters.ChoiceFilter):
    """Chooses an index; the view has seen to it before any filter is applied."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Leave the rows as they are."""
        return qs


class SectionFilter(django_filters.ChoiceFilter):
    """Leaves the pages of one section."""

    def __init__(self, sections: Sections, **kwargs: Any) -> None:
        self.paths = {str(section.page_id): section.path for section in sections.all}
        choices = [(str(section.page_id), section.title) for section in sections.all]
        super().__init__(choices=choices, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Leave the pages below and including the section's own."""
        return qs.filter(page__path__startswith=self.paths[value]) if value in self.paths else qs


class StateFilterSet(WagtailFilterSet):
    """The filters of the report. Those with nothing to choose are left out."""

    class Meta:
        model = Entry
        fields: Sequence[str] = []

    def __init__(
        self, *args: Any, totals: Totals, sections: Sections, index_names: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if len(index_names) > 1:
            others = [(index_name, index_name) for index_name in index_names[1:]]
            widget = forms.RadioSelect
            self.filters["index"] = IndexFilter(
                label=_("Index"), choices=others, empty_label=index_names[0], widget=widget
            )
        self._offer("state", "state", _("State"), [(state, state_label(state)) for state in ATTENTION])
        reasons = [(reason, reason_label(reason)) for reason in sorted(totals.reasons)]
        self._offer("reason", "skip_reason", _("Why it is left out"), reasons, least=1)
        self._offer("type", "page__content_type", _("Page type"), _by_label(totals.types.items()))
        if sections.all:
            self.filters["section"] = SectionFilter(sections, label=_("Section"), empty_label=_("All"))
        self._offer("locale", "page__locale", _("Locale"), _by_label(totals.locales.items()))

    def _offer(self, name: str, field: str, label: Any, choices: Sequence[tuple[Any, str]], *, least: int = 2) -> None:
        if len(choices) >= least:
            widget = forms.Select if len(choices) > 8 else forms.RadioSelect
            self.filters[name] = django_filters.ChoiceFilter(
                field_name=field, label=label, choices=choices, empty_label=_("All"), widget=widget
            )


def _by_label(choices: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return sorted(choices, key=lambda choice: choice[1].lower())
