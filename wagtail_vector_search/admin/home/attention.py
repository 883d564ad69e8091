"""What about search somebody should look at, in an editor's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...conf import IndexSettings, get_all_index_settings
from ...database.availability import is_ready, write_alias
from ...exceptions import SettingsError
from ...health import Health, circuit_key, get_health_lately, shielded
from ...models import Generation
from ...retrieval.values import DegradedReason
from ...status import BuildState, BuildStatus
from ..wording import describe_degraded
from .standing import Standing, read_standings

#: For how long a page may wait before anybody is told.
BEHIND = timedelta(minutes=5)

#: Reasons that are no news while no generation serves.
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
    """Return what needs attention. About pages that the user may not see nothing is said, not even how many they are.

    A handful of statements for each index; none fails the request.

    Args:
        user: who is told.
        index_name: of an index; all of them for ``None``.
    """
    try:
        indexes = [settings for settings in get_all_index_settings() if index_name in (None, settings.index_name)]
    except SettingsError:
        return []
    if not indexes or not is_ready(write_alias()):
        return []
    return shielded(lambda using: list(_notices(user, indexes, using)), [])


def _notices(user: Any, indexes: Sequence[IndexSettings], using: str) -> Iterator[Notice]:
    standings = read_standings(user, indexes, using)
    for settings in indexes:
        standing = standings[settings.index_name]
        health = get_health_lately(settings.index_name, circuit_key(_configuration(settings, standing.serving)), using)
        yield from _of_health(health, standing)
        yield from _of_pages(settings.index_name, standing)
        if standing.build:
            yield _of_build(standing.build, is_first=standing.serving is None)


def _configuration(settings: IndexSettings, serving: Generation | None) -> Mapping[str, Any]:
    return serving.configuration if serving else {"provider": settings.provider, "model": settings.model}


def _of_health(health: Health, standing: Standing) -> Iterator[Notice]:
    meanwhile = _("Visitors find pages by their words meanwhile.")
    if standing.serving is None and standing.build is None:
        yield Notice(_("The search index has not been built yet."), "bad", _by_words_alone(), technical=_how_to_build())
    if health.circuit_open_until:
        text = _("The service that finds pages by meaning cannot be reached.")
        explanation = _("{meanwhile} It is asked again by itself.").format(meanwhile=meanwhile)
        yield Notice(text, "bad", explanation, technical=health.last_error)
        return
    reasons = {reason: number for reason, number in health.degraded_lately.items() if reason not in _NOT_BUILT}
    if number := sum(reasons.values()):
        text = ngettext(
            "%(number)d search of the last 15 minutes was answered by words alone.",
            "%(number)d searches of the last 15 minutes were answered by words alone.",
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
        explanation = _("Visitors may not find them, or find them as they were before.")
        url = _report_url(index_name, "failed")
        yield Notice(text % {"number": standing.failed}, "bad", explanation, url, is_about_pages=True)
    if standing.behind > BEHIND:
        waited = timesince(timezone.now() - standing.behind, depth=1)
        text = _("Search is behind by {time}.").format(time=waited)
        explanation = ngettext(
            "%(number)d page waits to be read.", "%(number)d pages wait to be read.", standing.waiting
        )
        url = _report_url(index_name, "pending")
        yield Notice(text, "waiting", explanation % {"number": standing.waiting}, url, is_about_pages=True)


def _of_build(build: BuildStatus, *, is_first: bool) -> Notice:
    text = _("The search index is being built.") if is_first else _("A new search index is being built.")
    explanation = _by_words_alone() if is_first else _("The present one serves until it is complete.")
    if build.state == BuildState.RUNNING:
        return Notice(text, "waiting", explanation, progress=build.percentage)
    stopped = _("It does not go on by itself: a developer has to look at it. {explanation}")
    return Notice(
        text, "bad", stopped.format(explanation=explanation), progress=build.percentage, technical=build.advice
    )


def _by_words_alone() -> str:
    return _("Until it is complete, visitors find pages by their words only.")


def _how_to_build() -> str:
    return "python manage.py update_vector_index"


def _report_url(index_name: str, state: str) -> str:
    return f"{reverse('wagtail_vector_search:report')}?{urlencode({'index': index_name, 'state': state})}"
