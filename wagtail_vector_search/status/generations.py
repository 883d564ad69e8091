"""The generations of an index: which one serves, and how the pages of each stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.db.models.functions import Now

from ..conf import IndexSettings
from ..database.hnsw import HnswStatus, read_hnsw
from ..generations.configuration import fits
from ..health import Health, circuit_key, get_health
from ..indexing.update import count_pages
from ..models import AbstractEmbedding, Entry, Generation, find_vector_table_of
from .building import BuildStatus, describe_build

#: Errors shown for an index; the rest is a query on Entry away.
MAX_ERRORS = 5

#: How long after its last page a generation counts as one that somebody is working on.
QUIET = timedelta(minutes=2)


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
    #: When the page was edited that has waited longest; pages that somebody is working on do not count.
    oldest_pending: datetime | None
    #: Seconds since then.
    behind: int
    last_indexed: datetime | None
    errors: list[str]
    hnsw: HnswStatus | None
    #: How far it is, while it is being built.
    build: BuildStatus | None


@dataclass(frozen=True)
class IndexStatus:
    """One configured index with its generations, the serving one first."""

    index_name: str
    provider: str
    model: str
    #: The generation that answers searches.
    serving: int | None
    generations: list[GenerationStatus] = field(default_factory=list)
    #: How its searches fare, and their provider.
    health: Health = field(default_factory=Health)


def read_index(settings: IndexSettings, connection: BaseDatabaseWrapper) -> IndexStatus:
    """Read how an index stands. A constant number of statements for each generation."""
    indexes = Generation.objects.using(connection.alias).filter(index_name=settings.index_name)
    generations = list(indexes.annotate(worked_on=is_worked_on()).order_by("state", "-pk"))
    statuses = [_read_generation(generation, settings, connection) for generation in generations]
    serving = next((status.id for status in statuses if status.state == Generation.State.ACTIVE), None)
    health = _health(settings, generations, connection)
    return IndexStatus(settings.index_name, settings.provider, settings.model, serving, statuses, health)


def is_worked_on() -> Any:
    """Return the condition, on a generation, that somebody has done something about it just now."""
    states = Entry.objects.filter(generation=OuterRef("pk"))
    is_recent = Q(lease_expires_at__gt=Now()) | Q(indexed_at__gt=Now() - QUIET)
    return Exists(states.filter(is_recent)) | Q(created_at__gt=Now() - QUIET)


def is_waiting() -> Q:
    """Return the condition, on a page's state, that it waits and nobody is at it."""
    return Q(state=Entry.State.PENDING) & (Q(lease_expires_at=None) | Q(lease_expires_at__lte=Now()))


def _health(settings: IndexSettings, generations: Iterable[Generation], connection: BaseDatabaseWrapper) -> Health:
    serving = next((g for g in generations if g.state == Generation.State.ACTIVE), None)
    provider = serving.configuration if serving else {"provider": settings.provider, "model": settings.model}
    return get_health(settings.index_name, circuit_key(provider), connection.alias)


def _read_generation(generation: Any, settings: IndexSettings, connection: BaseDatabaseWrapper) -> GenerationStatus:
    states = Entry.objects.using(connection.alias).filter(generation=generation)
    vector_table = find_vector_table_of(generation.dimensions, generation.configuration)
    wanted = fits(generation.fingerprint, generation.dimensions, settings)
    pages = _counts(states, "state", dict.fromkeys(Entry.State.values, 0))
    times = _times(states)
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
        skipped=_counts(states.filter(state=Entry.State.SKIPPED), "skip_reason", {}),
        chunks=_count_chunks(generation, vector_table, connection),
        oldest_pending=times["oldest"],
        behind=int(times["waited"].total_seconds()),
        last_indexed=times["last"],
        errors=_errors(states),
        hnsw=read_hnsw(vector_table, connection.alias) if vector_table else None,
        build=_build(generation, pages, connection, wanted=wanted),
    )


def _build(
    generation: Any, pages: dict[str, int], connection: BaseDatabaseWrapper, *, wanted: bool
) -> BuildStatus | None:
    if generation.state != Generation.State.BUILDING:
        return None
    total = count_pages(connection.alias)
    return describe_build(pages, total, wanted=wanted, worked_on=generation.worked_on)


def _times(states: Any) -> dict[str, Any]:
    """Return when the page was edited that has waited longest to be taken, how long ago, and when one was done last."""
    waiting = is_waiting()
    times: dict[str, Any] = states.aggregate(
        oldest=Min("requested_at", filter=waiting),
        waited=Max(Now() - F("requested_at"), filter=waiting, default=timedelta()),
        last=Max("indexed_at"),
    )
    return times


def _errors(states: Any) -> list[str]:
    failed = states.exclude(last_error="").order_by("-requested_at").values_list("page_id", "last_error")
    return [f"page {page_id}: {error}" for page_id, error in failed[:MAX_ERRORS]]


def _counts(states: Any, name: str, start: dict[str, int]) -> dict[str, int]:
    return start | dict(states.values_list(name).annotate(Count("pk")).order_by(name))


def _count_chunks(
    generation: Generation, model: type[AbstractEmbedding] | None, connection: BaseDatabaseWrapper
) -> int:
    return model._default_manager.using(connection.alias).filter(generation=generation).count() if model else 0
