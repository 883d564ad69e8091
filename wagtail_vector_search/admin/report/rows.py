"""The rows of the report, and its columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, NumberColumn, TitleColumn
from wagtail.permissions import page_permission_policy

from ...database.tables import PageKey
from ...models import Entry
from ..wording import StateWords, describe_state, state_label
from .filters import Sections
from .totals import ON_PURPOSE, Totals

_TEMPLATES = "wagtail_vector_search/admin/report"

# Characters of an error that a spreadsheet needs to tell what kind it is.
_KIND_OF_ERROR = 100

_FIELDS = (
    "page_id", "page__draft_title", "page__title", "page__path", "page__content_type", "page__locale", "state",
    "skip_reason", "chunk_count", "indexed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One page as the report shows it."""

    #: Primary key of the page.
    pk: Any
    title: str
    state: str
    words: StateWords
    type: str
    section: str
    locale: str
    passages: int
    indexed_at: datetime | None
    #: Whether indexing the page again can change anything.
    may_be_indexed: bool
    edit_url: str = ""

    @property
    def state_label(self) -> str:
        """The state in two or three words, without the reason."""
        return state_label(self.state)

    @property
    def explanation(self) -> str:
        """What the state means, where that is more than its name."""
        return self.words.sentence if self.words.tone != "good" else ""


class RowReader:
    """Makes rows of entries, with names that have been read already: no statement for a row."""

    def __init__(self, totals: Totals, sections: Sections) -> None:
        self.totals = totals
        self.sections = sections

    def read(self, entries: QuerySet[Entry], user: Any) -> list[ReportRow]:
        """Return the rows of one page of the report, with links to pages that the user may edit. Two statements."""
        found = list(entries.annotate(error=F("last_error")).values_list(*_FIELDS, "error"))
        editable = _editable({values[0] for values in found}, user)
        return list(self._rows(found, editable))

    def read_for_export(self, entries: QuerySet[Entry]) -> Iterator[ReportRow]:
        """Yield the rows of all pages, without links. One statement."""
        # Not through iterator(): a cursor on the server does not survive a pooling proxy.
        return self._rows(entries.annotate(error=Left("last_error", _KIND_OF_ERROR)).values_list(*_FIELDS, "error"), {})

    def _rows(self, found: Iterable[tuple[Any, ...]], editable: Mapping[Any, str]) -> Iterator[ReportRow]:
        for page_id, draft_title, title, path, type_id, locale_id, state, reason, chunks, indexed_at, error in found:
            section = self.sections.find(path)
            yield ReportRow(
                pk=page_id,
                title=draft_title or title,
                state=state,
                words=describe_state(state, reason, error),
                type=self.totals.types.get(type_id, ""),
                section=section.title if section else "",
                locale=self.totals.locales.get(locale_id, ""),
                passages=chunks,
                indexed_at=indexed_at,
                may_be_indexed=not (state == Entry.State.SKIPPED and reason in ON_PURPOSE),
                edit_url=editable.get(page_id, ""),
            )


def _editable(page_ids: Collection[PageKey], user: Any) -> dict[Any, str]:
    """Return the address of the page editor by page, for pages that a user may edit."""
    if not page_ids:
        return {}
    pages = page_permission_policy.instances_user_has_permission_for(user, "change").filter(pk__in=page_ids)
    return {
        page_id: reverse("wagtailadmin_pages:edit", args=[page_id]) for page_id in pages.values_list("pk", flat=True)
    }


class CheckboxColumn(BaseColumn):
    """Selects pages to index again."""

    header_template_name = f"{_TEMPLATES}/checkbox_header.html"
    cell_template_name = f"{_TEMPLATES}/checkbox_cell.html"


class StateColumn(Column):
    """The state, what it means, and, folded, the error for a developer."""

    cell_template_name = f"{_TEMPLATES}/state_cell.html"


class ActionColumn(Column):
    """Indexes one page again."""

    header_template_name = f"{_TEMPLATES}/action_header.html"
    cell_template_name = f"{_TEMPLATES}/action_cell.html"


def columns_of(*, has_locales: bool, may_reindex: bool) -> list[BaseColumn]:
    """Return the columns.

    Args:
        has_locales: Whether there are pages in several.
        may_reindex: Whether the user may index pages again.
    """
    columns: list[BaseColumn] = [
        TitleColumn(
            "title",
            label=_("Title"),
            sort_key="title",
            get_url=lambda row: row.edit_url,
            # Other elements of the row are described by it.
            get_title_id=lambda row: f"page_{row.pk}_title",
        ),
        StateColumn("state_label", label=_("State"), sort_key="state"),
        Column("type", label=_("Type"), sort_key="type"),
        Column("section", label=_("Section"), sort_key="section"),
        NumberColumn("passages", label=_("Passages"), sort_key="passages", classname="vs-report__number"),
        DateColumn("indexed_at", label=_("Last indexed"), sort_key="indexed_at"),
    ]
    if has_locales:
        columns.insert(4, Column("locale", label=_("Language"), sort_key="locale"))
    return [CheckboxColumn("select"), *columns, ActionColumn("again")] if may_reindex else columns
