"""What needs attention in the indexes: three statements, one more an index, and two more while one is being built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Now

from ..conf import IndexSettings
from ..generations.configuration import fits
from ..generations.writable import WritableGeneration
from ..indexing.comparison import count_differences
from ..indexing.update import count_pages
from ..models import Entry, Generation
from ..status import BuildStatus
from ..status.generations import describe_build, is_waiting, is_worked_on
from .permissions import explorable_pages

State = Entry.State


@dataclass(slots=True)
class Standing:
    """How one index stands, for one user."""

    #: The generation that answers searches.
    serving: Generation | None = None
    #: Progress of the one that is being built.
    build: BuildStatus | None = None
    #: Pages that failed.
    failed: int = 0
    #: Pages that wait.
    waiting: int = 0
    #: The longest wait.
    behind: timedelta = field(default_factory=timedelta)
    #: Whether the index and the site differ, in pages that the user may not see, too.
    differs: bool = False


def read_standings(user: Any, indexes: Sequence[IndexSettings], using: str) -> Mapping[str, Standing]:
    """Return how indexes stand, by name. Only pages that the user may see in the explorer count."""
    standings = {settings.index_name: Standing() for settings in indexes}
    following = (Generation.State.ACTIVE, Generation.State.BUILDING)
    generations = Generation.objects.using(using).filter(index_name__in=standings, state__in=following)
    found = list(generations.annotate(worked_on=is_worked_on()))
    serving = {generation.pk: generation for generation in found if generation.state == Generation.State.ACTIVE}
    for generation in serving.values():
        standings[generation.index_name].serving = generation
    if serving:
        for settings in indexes:
            standing = standings[settings.index_name]
            if standing.serving:
                standing.differs = bool(count_differences(WritableGeneration(standing.serving, settings, using)))
        # A partial index of the database covers these.
        unsettled = Entry.objects.using(using).filter(state__in=(State.PENDING, State.FAILED), generation__in=serving)
        if not (user.is_active and user.is_superuser):
            unsettled = unsettled.filter(page__in=explorable_pages(user))
        groups = unsettled.values("generation_id").annotate(
            failed=Count("pk", filter=Q(state=State.FAILED)),
            waiting=Count("pk", filter=is_waiting()),
            behind=Max(Now() - F("requested_at"), filter=is_waiting(), default=timedelta()),
        )
        for group in groups:
            standing = standings[serving[group["generation_id"]].index_name]
            standing.failed, standing.waiting, standing.behind = group["failed"], group["waiting"], group["behind"]
    building = [generation for generation in found if generation.pk not in serving]
    if building:
        _read_builds(building, {settings.index_name: settings for settings in indexes}, standings, using)
    return standings


def _read_builds(
    building: Sequence[Any],
    configured: Mapping[str, IndexSettings],
    standings: Mapping[str, Standing],
    using: str,
) -> None:
    states = Entry.objects.using(using).filter(generation__in=[generation.pk for generation in building])
    pages: dict[int, Counter[str]] = {generation.pk: Counter() for generation in building}
    for generation_id, state, number in states.order_by().values_list("generation_id", "state").annotate(Count("pk")):
        pages[generation_id][state] = number
    total = count_pages(using)
    for generation in building:
        wanted = fits(generation.fingerprint, generation.dimensions, configured[generation.index_name])
        standings[generation.index_name].build = describe_build(
            pages[generation.pk], total, wanted=wanted, worked_on=generation.worked_on
        )
