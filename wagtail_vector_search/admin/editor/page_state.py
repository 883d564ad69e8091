"""The state of a page in the generation that serves the site, for the top of the panel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, router
from django.utils.translation import gettext as _

from ...conf import DEFAULT_INDEX, get_all_index_settings
from ...database.tables import page_model
from ...generations.writable import WritableGeneration
from ...models import Entry, Generation, find_vector_table_of
from ...retrieval import visible_pages
from ..wording import StateWords, describe_state

#: Icons of Wagtail for each tone, beside the words.
_ICONS = {"good": "circle-check", "waiting": "history", "bad": "warning", "neutral": "no-view"}


@dataclass(frozen=True, slots=True)
class PageState:
    """The state of a page in a generation."""

    #: In the words of an editor.
    words: StateWords
    #: When search last read it; ``None`` if it never did.
    indexed_at: datetime | None
    #: Why no search returns it; empty if a search may.
    obstacle: str

    @property
    def icon(self) -> str:
        """Name of the icon beside the words."""
        return _ICONS.get(self.words.tone, "info-circle")


def find_serving() -> WritableGeneration | None:
    """Return the generation that serves; ``None`` where the database has no vectors, or no index has been built."""
    using = router.db_for_read(Generation) or DEFAULT_DB_ALIAS
    if connections[using].vendor != "postgresql":
        return None
    by_name = {settings.index_name: settings for settings in get_all_index_settings()}
    settings = by_name.get(DEFAULT_INDEX) or next(iter(by_name.values()))
    active = Generation.objects.using(using).filter(index_name=settings.index_name, state=Generation.State.ACTIVE)
    generation = active.first()
    if generation is None or find_vector_table_of(generation.dimensions, generation.configuration) is None:
        return None
    return WritableGeneration(generation, settings, using)


def read_state(page: Any, target: WritableGeneration) -> PageState:
    """Read the state of a page. Two statements."""
    entry = Entry.objects.using(target.using).filter(generation=target.generation, page=page.pk).first()
    words = describe_state(entry.state, entry.skip_reason, entry.last_error) if entry else describe_state(None)
    obstacle = ""
    if entry is None or entry.state == Entry.State.SKIPPED:
        obstacle = words.sentence
    elif not visible_pages(page_model()._base_manager.using(target.using).filter(pk=page.pk)).exists():
        if page.get_url_parts() is None:
            obstacle = _("Visitors do not find it: it is outside every site, so it has no address.")
        else:
            obstacle = _("Only people who are allowed to see it will find it: it is private, or past its expiry date.")
    elif not entry.indexed_at and entry.state != Entry.State.INDEXED:
        obstacle = words.sentence
    return PageState(words, entry.indexed_at if entry else None, obstacle)
