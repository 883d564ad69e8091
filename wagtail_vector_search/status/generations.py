"""The generations of an index: which one serves, the states of their entries, and the progress of a build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.db.models.functions import Now

from ..conf import IndexSettings
from ..database.hnsw import HnswStatus, read_hnsw
from ..generations.configuration import fits
from ..generations.writable import WritableGeneration
from ..health import Health, circuit_key, get_health
from ..indexing.update import MAX_FAILED_SHARE, count_pages, has_too_many_failures
from ..models import Entry, Generation, find_vector_table_of
from .integrity import Integrity, read_integrity

UPDATE = "python manage.py update_vector_index"

#: Errors shown for a generation; all of them are in ``Entry.last_error``.
MAX_ERRORS = 5

#: How long after the last write to it a generation counts as being worked on.
QUIET = timedelta(minutes=2)


class BuildState(models.TextChoices):
    """The outlook of a generation that is being built."""

    #: A process works on it, and it takes over by itself.
    RUNNING = "running"
    #: Every page is done, but the run that should have activated it was killed.
    COMPLETE = "complete"
    #: No process works on it.
    STOPPED = "stopped"
    #: Too many of its pages failed.
    FAILING = "failing"
    #: It does not fit the present settings.
    UNWANTED = "unwanted"


ADVICE = {
    BuildState.RUNNING: "A process is working on it; it takes over by itself once every page is done.",
    BuildState.COMPLETE: f"It is complete and does not serve yet. Run: {UPDATE}",
    BuildState.STOPPED: f"No process is working on it. To go on, run: {UPDATE} (to give it up, with --abandon)",
    BuildState.FAILING: (
        f"More than {MAX_FAILED_SHARE:.0%} of its pages failed, so it does not take over. Correct what fails, then "
        f"run: {UPDATE} (to let it serve without them, with --activate-partial; to give it up, with --abandon)"
    ),
    BuildState.UNWANTED: (
        f"The settings have changed since it was begun. To build what they say now, run: {UPDATE} "
        "(to give it up, with --abandon)"
    ),
}


@dataclass(frozen=True)
class BuildStatus:
    """The progress of a generation that is being built."""

    state: str
    #: Pages of the site.
    total: int
    #: Of these, indexed or left out on purpose.
    done: int
    failed: int
    #: Share of ``total`` that is done, rounded down.
    percentage: int
    #: What happens next, or what to type.
    advice: str


@dataclass(frozen=True)
class GenerationStatus:
    """One generation of an index."""

    id: int
    state: str
    provider: str
    model: str
    dimensions: int
    matches_settings: bool
    created_at: datetime
    activated_at: datetime | None
    updated_at: datetime | None
    pages: dict[str, int]
    skipped: dict[str, int]
    chunks: int
    #: When the page that has waited longest was edited; pages that a worker has claimed do not count.
    oldest_pending: datetime | None
    #: Seconds since then.
    behind: int
    last_indexed: datetime | None
    errors: list[str]
    hnsw: HnswStatus | None
    #: Its progress while it is being built.
    build: BuildStatus | None
    #: Whether it is what a fresh build would give; of a generation that serves.
    integrity: Integrity | None


@dataclass(frozen=True)
class IndexStatus:
    """One configured index with its generations, the serving one first."""

    index_name: str
    provider: str
    model: str
    #: The generation that answers searches.
    serving: int | None
    generations: list[GenerationStatus] = field(default_factory=list)
    #: Of its searches and their provider.
    health: Health = field(default_factory=Health)


def read_index(settings: IndexSettings, connection: BaseDatabaseWrapper, *, sampled: bool) -> IndexStatus:
    """Read the state of an index. A constant number of statements for each generation.

    Args:
        settings: of the index.
        connection: to the database.
        sampled: see ``read_integrity``.
    """
    found = Generation.objects.using(connection.alias).filter(index_name=settings.index_name)
    generations = list(found.annotate(worked_on=is_worked_on()).order_by("state", "-pk"))
    statuses = [_read_generation(generation, settings, connection, sampled=sampled) for generation in generations]
    serving = next((generation for generation in generations if generation.state == Generation.State.ACTIVE), None)
    provider = serving.configuration if serving else {"provider": settings.provider, "model": settings.model}
    health = get_health(settings.index_name, circuit_key(provider), connection.alias)
    return IndexStatus(
        settings.index_name, settings.provider, settings.model, serving.pk if serving else None, statuses, health
    )


def is_worked_on() -> Any:
    """Return the condition, on a generation, that a process has written to it within ``QUIET``."""
    is_recent = Q(lease_expires_at__gt=Now()) | Q(indexed_at__gt=Now() - QUIET)
    return Exists(Entry.objects.filter(is_recent, generation=OuterRef("pk"))) | Q(created_at__gt=Now() - QUIET)


def is_waiting() -> Q:
    """Return the condition, on an entry, that it is pending and no worker has claimed it."""
    return Q(state=Entry.State.PENDING) & (Q(lease_expires_at=None) | Q(lease_expires_at__lte=Now()))


def describe_build(pages: Mapping[str, int], total: int, *, wanted: bool, worked_on: bool) -> BuildStatus:
    """Return the progress of a generation that is being built.

    Args:
        pages: number of its entries by state.
        total: pages of the site.
        wanted: whether it fits the settings.
        worked_on: whether a process works on it; see ``is_worked_on``.
    """
    indexed, failed = pages[Entry.State.INDEXED], pages[Entry.State.FAILED]
    done = indexed + pages[Entry.State.SKIPPED]
    if not wanted:
        state = BuildState.UNWANTED
    elif worked_on:
        state = BuildState.RUNNING
    elif done + failed < total:
        state = BuildState.STOPPED
    else:
        state = BuildState.FAILING if has_too_many_failures(indexed, failed) else BuildState.COMPLETE
    percentage = min(100 * done // total, 100) if total else 100
    return BuildStatus(state.value, total, done, failed, percentage, str(ADVICE[state]))


def _read_generation(
    generation: Any, settings: IndexSettings, connection: BaseDatabaseWrapper, *, sampled: bool
) -> GenerationStatus:
    using = connection.alias
    entries = Entry.objects.using(using).filter(generation=generation)
    vector_table = find_vector_table_of(generation.dimensions, generation.configuration)
    chunks = vector_table._default_manager.using(using).filter(generation=generation).count() if vector_table else 0
    wanted = fits(generation.fingerprint, generation.dimensions, settings)
    pages = dict.fromkeys(Entry.State.values, 0) | _count(entries, "state")
    build = None
    if generation.state == Generation.State.BUILDING:
        build = describe_build(pages, count_pages(using), wanted=wanted, worked_on=generation.worked_on)
    times = entries.aggregate(
        oldest=Min("requested_at", filter=is_waiting()),
        waited=Max(Now() - F("requested_at"), filter=is_waiting(), default=timedelta()),
        last=Max("indexed_at"),
    )
    failed = entries.exclude(last_error="").order_by("-requested_at").values_list("page_id", "last_error")
    return GenerationStatus(
        id=generation.pk,
        state=generation.state,
        provider=generation.configuration.get("provider", ""),
        model=generation.configuration.get("model", ""),
        dimensions=generation.dimensions,
        matches_settings=wanted,
        created_at=generation.created_at,
        activated_at=generation.activated_at,
        updated_at=generation.updated_at,
        pages=pages,
        skipped=_count(entries.filter(state=Entry.State.SKIPPED), "skip_reason"),
        chunks=chunks,
        oldest_pending=times["oldest"],
        behind=int(times["waited"].total_seconds()),
        last_indexed=times["last"],
        errors=[f"page {page_id}: {error}" for page_id, error in failed[:MAX_ERRORS]],
        hnsw=read_hnsw(vector_table, using) if vector_table else None,
        build=build,
        integrity=_read_integrity(WritableGeneration(generation, settings, using), sampled=sampled),
    )


def _read_integrity(writable: WritableGeneration, *, sampled: bool) -> Integrity | None:
    is_readable = find_vector_table_of(writable.generation.dimensions, writable.generation.configuration)
    if writable.generation.state != Generation.State.ACTIVE or not is_readable:
        return None
    return read_integrity(writable, sampled=sampled)


def _count(entries: Any, field_name: str) -> dict[str, int]:
    """Return the number of entries by the value of a field."""
    return dict(entries.values_list(field_name).annotate(Count("pk")).order_by(field_name))
