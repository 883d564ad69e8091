"""One line of the report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from wagtail.permissions import page_permission_policy

from ...models import Entry
from ..wording import StateWords, describe_state, state_label
from .sections import Sections
from .states import Totals

#: Characters of an error that a spreadsheet needs, to say in an editor's words what it was.
_KIND_OF_ERROR = 100

_FIELDS = (
    "page_id", "page__draft_title", "page__title", "page__path", "page__content_type", "page__locale", "state",
    "skip_reason", "chunk_count", "indexed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
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
    """Makes rows of states, with names that have been read already: no statement for a row."""

    def __init__(self, totals: Totals, sections: Sections) -> None:
        self.totals = totals
        self.sections = sections

    def read(self, states: QuerySet[Entry], user: Any) -> list[Row]:
        """Return the rows of one page of the report, with links for those who may edit. Two statements."""
        found = list(states.annotate(error=F("last_error")).values_list(*_FIELDS, "error"))
        editable = _editable({values[0] for values in found}, user)
        return list(self._rows(found, editable))

    def read_for_export(self, states: QuerySet[Entry]) -> Iterator[Row]:
        """Yield the rows of all pages, without links. One statement."""
        # Not through iterator(): a cursor on the server does not survive a pooling proxy.
        return self._rows(states.annotate(error=Left("last_error", _KIND_OF_ERROR)).values_list(*_FIELDS, "error"), {})

    def _rows(self, found: Iterable[tuple[Any, ...]], editable: Mapping[Any, str]) -> Iterator[Row]:
        for page_id, draft_title, title, path, type_id, locale_id, state, reason, chunks, indexed_at, error in found:
            section = self.sections.find(path)
            yield Row(
                pk=page_id,
                title=draft_title or title,
                state=state,
                words=describe_state(state, reason, error),
                type=self.totals.types.get(type_id, ""),
                section=section.title if section else "",
                locale=self.totals.locales.get(locale_id, ""),
                passages=chunks,
                indexed_at=indexed_at,
                edit_url=editable.get(page_id, ""),
            )


def _editable(page_ids: Collection[Any], user: Any) -> dict[Any, str]:
    """Return the addresses of the editor for those pages that a user may edit."""
    if not page_ids:
        return {}
    pages = page_permission_policy.instances_user_has_permission_for(user, "change").filter(pk__in=page_ids)
    return {
        page_id: reverse("wagtailadmin_pages:edit", args=[page_id]) for page_id in pages.values_list("pk", flat=True)
    }
