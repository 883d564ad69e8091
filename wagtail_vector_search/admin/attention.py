"""The panel on the home page of the admin: what about search needs attention, in an editor's words."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.forms import Media
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component

from ..conf import IndexSettings, get_all_index_settings, works_in_background
from ..database.availability import is_ready, write_alias
from ..exceptions import SettingsError
from ..health import Health, circuit_key, get_health_lately, shielded
from ..retrieval.values import DegradedReason
from ..status import BuildState
from .permissions import VIEW_REPORT
from .standing import Standing, read_standings
from .unreadable import describe_obstacle
from .wording import describe_degraded

logger = logging.getLogger(__name__)

#: A page that waits for longer needs attention.
BEHIND = timedelta(minutes=5)

#: Reasons that say nothing new while no generation serves.
_NOT_BUILT = (DegradedReason.NOT_BUILT, DegradedReason.NOT_POSTGRESQL)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to look at."""

    #: What it is.
    text: str
    #: ``bad`` or ``waiting``.
    tone: str
    #: What it means for visitors, or what happens next.
    explanation: str = ""
    #: Where to see more; empty if there is nothing more to see.
    url: str = ""
    #: In percent, if something is under way.
    progress: int | None = None
    #: What a developer should know, in the words of ``vector_search_status``.
    technical: str = ""
    #: Whether it is about single pages, which the report lists.
    is_about_pages: bool = field(default=False, kw_only=True)


def find_notices(user: Any, index_name: str | None = None) -> list[Notice]:
    """Return what needs attention. Pages that the user may not see are neither named nor counted.

    A handful of statements for each index; none fails the request.

    Args:
        user: Who reads the notices.
        index_name: Of one index; ``None`` for all.
    """
    try:
        indexes = [settings for settings in get_all_index_settings() if index_name in (None, settings.index_name)]
    except SettingsError:
        return []
    if not indexes:
        return []
    found = shielded(lambda using: list(_notices(user, indexes, using)), None) if is_ready(write_alias()) else None
    if found is not None:
        return found
    return list(_of_obstacle())


def _of_obstacle() -> Iterator[Notice]:
    if obstacle := describe_obstacle():
        explanation = _("Visitors find pages by words only. Ask a developer.")
        yield Notice(_("The search index cannot be read."), "bad", explanation, technical=obstacle)


def _notices(user: Any, indexes: Sequence[IndexSettings], using: str) -> Iterator[Notice]:
    standings = read_standings(user, indexes, using)
    for settings in indexes:
        standing = standings[settings.index_name]
        configured = {"provider": settings.provider, "model": settings.model}
        key = circuit_key(standing.serving.configuration if standing.serving else configured)
        health = get_health_lately(settings.index_name, key, using)
        yield from _of_health(health, standing)
        yield from _of_pages(settings.index_name, standing)
        if standing.differs:
            yield _of_differences()
        if build := standing.build:
            is_first = standing.serving is None
            text = _("The search index is being built.") if is_first else _("A new search index is being built.")
            explanation = _words_only() if is_first else _("The current one answers searches until it is complete.")
            if build.state == BuildState.RUNNING:
                yield Notice(text, "waiting", explanation, progress=build.percentage)
                continue
            stopped = _("It will not resume by itself; ask a developer. {explanation}").format(explanation=explanation)
            yield Notice(text, "bad", stopped, progress=build.percentage, technical=build.advice)


def _of_health(health: Health, standing: Standing) -> Iterator[Notice]:
    if standing.serving is None and standing.build is None:
        text = _("The search index has not been built yet.")
        yield Notice(text, "bad", _words_only(), technical="python manage.py update_vector_index")
    if health.circuit_open_until:
        text = _("The service that finds pages by meaning cannot be reached.")
        explanation = _("In the meantime visitors find pages by words only. Search will try again automatically.")
        yield Notice(text, "bad", explanation, technical=health.last_error)
        return
    if DegradedReason.INDEX_UNREADABLE in health.degraded_lately:
        yield from _of_obstacle()
    reasons = {reason: number for reason, number in health.degraded_lately.items() if reason not in _NOT_BUILT}
    if number := sum(reasons.values()):
        text = ngettext(
            "%(number)d search in the last 15 minutes used words only.",
            "%(number)d searches in the last 15 minutes used words only.",
            number,
        )
        yield Notice(
            text % {"number": number}, "waiting", describe_degraded(max(reasons, key=lambda key: reasons[key]))
        )


def _of_pages(index_name: str, standing: Standing) -> Iterator[Notice]:
    if standing.failed:
        text = ngettext(
            "Search could not read %(number)d page.", "Search could not read %(number)d pages.", standing.failed
        )
        explanation = _("Visitors may not find them, or find an earlier version.")
        url = _report_url(index_name, "failed")
        yield Notice(text % {"number": standing.failed}, "bad", explanation, url, is_about_pages=True)
    if standing.behind > BEHIND:
        waited = timesince(timezone.now() - standing.behind, depth=1)
        text = _("Search is {time} behind.").format(time=waited)
        explanation = ngettext(
            "%(number)d page is waiting to be indexed.", "%(number)d pages are waiting to be indexed.", standing.waiting
        )
        url = _report_url(index_name, "pending")
        yield Notice(text, "waiting", explanation % {"number": standing.waiting}, url, is_about_pages=True)


def _of_differences() -> Notice:
    text = _("The search index has missed changes to the site.")
    if works_in_background():
        explanation = _("Search corrects this within a minute.")
    else:
        explanation = _("Search corrects this when its worker runs next; ask a developer whether one runs.")
    return Notice(text, "waiting", explanation, technical="python manage.py process_vector_queue")


def _words_only() -> str:
    return _("Until it is complete, visitors find pages by words only.")


def _report_url(index_name: str, state: str) -> str:
    return f"{reverse('wagtail_vector_search:report')}?{urlencode({'index': index_name, 'state': state})}"


class AttentionPanel(Component):
    """What about search needs attention, for users who may see the report. Without a notice it is not there."""

    name = "search_attention"
    template_name = "wagtail_vector_search/admin/home/panel.html"
    order = 150

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def notices(self) -> list[Notice]:
        """The notices. Never raises: whatever is broken, a developer needs the home page to mend it."""
        try:
            return find_notices(self.user) if self.user.has_perm(VIEW_REPORT) else []
        except Exception:
            logger.exception("The notices about search could not be read.")
            return []

    @property
    def media(self) -> Media:
        """The styles, if there is a notice."""
        return Media(css={"all": ["wagtail_vector_search/admin/notices.css"]}) if self.notices else Media()

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return what the template shows."""
        return {"notices": self.notices}
