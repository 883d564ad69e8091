"""The filters of the report, and the sections of a site; pages that the user may not see are not offered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.models import Site

from ...database.tables import PageKey, page_model
from ...models import AbstractEmbedding, Entry
from ..permissions import explorable_pages
from ..wording import reason_label, state_label
from .totals import ATTENTION, Totals

#: Upper bound: on a site where all pages are directly below the root, each would be a section.
MAX_SECTIONS = 1000


@dataclass(frozen=True, slots=True)
class Section:
    """A page directly below the root of a site, with all pages below it."""

    page_id: PageKey
    path: str
    title: str


class Sections:
    """The sections of all sites and languages that a user may see in the explorer. Two statements."""

    def __init__(self, user: Any) -> None:
        starts = page_model().objects.filter(pk__in=Site.objects.values("root_page"))
        in_every_language = page_model().objects.filter(translation_key__in=starts.values("translation_key"))
        roots = list(in_every_language.order_by("path").values_list("path", flat=True))
        #: In the order of the page tree.
        self.all: list[Section] = []
        if roots:
            step = page_model().steplen
            below = reduce(or_, (Q(path__startswith=path, depth=len(path) // step + 1) for path in roots))
            pages = explorable_pages(user).filter(below, numchild__gt=0).order_by("path")
            found = pages.values_list("pk", "path", "draft_title", "title")[:MAX_SECTIONS]
            self.all = [Section(page_id, path, draft_title or title) for page_id, path, draft_title, title in found]
        self._by_path = {section.path: section for section in self.all}
        self._lengths = sorted({len(section.path) for section in self.all}, reverse=True)

    def find(self, path: str) -> Section | None:
        """Return the section of a page; ``None`` if it is in none, or in one that the user may not see.

        Args:
            path: Of the page in the tree.
        """
        found = (self._by_path.get(path[:length]) for length in self._lengths if length <= len(path))
        return next(filter(None, found), None)


class IndexFilter(django_filters.ChoiceFilter):
    """Chooses an index. The view reads the choice itself, before any filter."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the rows unchanged."""
        return qs


class SectionFilter(django_filters.ChoiceFilter):
    """Keeps the pages of one section."""

    def __init__(self, sections: Sections, **kwargs: Any) -> None:
        self.paths = {str(section.page_id): section.path for section in sections.all}
        choices = [(str(section.page_id), section.title) for section in sections.all]
        super().__init__(choices=choices, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the section's page and those below it."""
        return qs.filter(page__path__startswith=self.paths[value]) if value in self.paths else qs


class TextFilter(django_filters.ChoiceFilter):
    """Keeps the pages of which search has the title alone: no other text that it could read."""

    TITLE_ONLY = "title"

    def __init__(self, vector_table: type[AbstractEmbedding], **kwargs: Any) -> None:
        self.vector_table = vector_table
        super().__init__(choices=[(self.TITLE_ONLY, _("Title only"))], **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the entries whose only chunk is the title of the page."""
        if value != self.TITLE_ONLY:
            return qs
        title = self.vector_table._base_manager.filter(
            page=OuterRef("page"), generation=OuterRef("generation"), text=OuterRef("page__title")
        )
        return qs.filter(Exists(title), state=Entry.State.INDEXED, chunk_count=1)


class StateFilterSet(WagtailFilterSet):
    """The filters of the report. A filter without a choice is left out."""

    class Meta:
        model = Entry
        fields: Sequence[str] = []

    def __init__(
        self,
        *args: Any,
        totals: Totals,
        sections: Sections,
        index_names: Sequence[str],
        vector_table: type[AbstractEmbedding] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if len(index_names) > 1:
            others = [(index_name, index_name) for index_name in index_names[1:]]
            self.filters["index"] = IndexFilter(
                label=_("Index"), choices=others, empty_label=index_names[0], widget=forms.RadioSelect
            )
        self._offer("state", "state", _("State"), [(state, state_label(state)) for state in ATTENTION])
        reasons = [(reason, reason_label(reason)) for reason in sorted(totals.reasons)]
        self._offer("reason", "skip_reason", _("Why it is left out"), reasons, least=1)
        if vector_table:
            self.filters["text"] = TextFilter(
                vector_table, label=_("What search reads"), empty_label=_("All"), widget=forms.RadioSelect
            )
        self._offer("type", "page__content_type", _("Page type"), _by_label(totals.types.items()))
        if sections.all:
            self.filters["section"] = SectionFilter(sections, label=_("Section"), empty_label=_("All"))
        self._offer("locale", "page__locale", _("Language"), _by_label(totals.locales.items()))

    def _offer(self, name: str, field: str, label: Any, choices: Sequence[tuple[Any, str]], *, least: int = 2) -> None:
        if len(choices) >= least:
            widget = forms.Select if len(choices) > 8 else forms.RadioSelect
            self.filters[name] = django_filters.ChoiceFilter(
                field_name=field, label=label, choices=choices, empty_label=_("All"), widget=widget
            )


def _by_label(choices: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return sorted(choices, key=lambda choice: choice[1].lower())
