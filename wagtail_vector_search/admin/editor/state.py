"""How a page stands in the index, for the top of the panel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ...generations.writable import WritableGeneration
from ...models import Entry
from ...retrieval import page_model, visible_pages
from ..wording import StateWords, describe_state

State = Entry.State

#: Icons of Wagtail for each tone, beside the words.
_ICONS = {"good": "circle-check", "waiting": "history", "bad": "warning", "neutral": "no-view"}


@dataclass(frozen=True, slots=True)
class PageState:
    """How a page stands in the index."""

    #: In the words of an editor.
    words: StateWords
    #: When search last read it; ``None`` if it never did.
    indexed_at: datetime | None
    #: Why no search returns it; empty if one may.
    obstacle: str

    @property
    def icon(self) -> str:
        """Name of the icon beside the words."""
        return _ICONS.get(self.words.tone, "info-circle")


def read_state(page: Any, target: WritableGeneration) -> PageState:
    """Read how a page stands. Two statements."""
    states = Entry.objects.using(target.using).filter(generation=target.generation, page=page.pk)
    state = states.first()
    words = describe_state(state.state, state.skip_reason, state.last_error) if state else describe_state(None)
    return PageState(words, state.indexed_at if state else None, _obstacle(page, state, words, target))


def _obstacle(page: Any, state: Entry | None, words: StateWords, target: WritableGeneration) -> str:
    if state is None or state.state == State.SKIPPED:
        return words.sentence
    if not visible_pages(page_model()._base_manager.using(target.using).filter(pk=page.pk)).exists():
        return _("Search shows it to nobody without the right to see it: it is private, or past its expiry date.")
    return words.sentence if not state.indexed_at and state.state != State.INDEXED else ""
