"""What is really in effect: read from the database that answers, not from a settings file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Max, Min

from .conf import IndexSettings, get_all_index_settings
from .exceptions import VectorSearchError
from .health import Health, get_health, provider_name
from .models import AbstractPageEmbedding, PageIndexState, SearchEvent, VectorIndex, get_embedding_model

#: Errors shown for an index; the rest is a query on PageIndexState away.
MAX_ERRORS = 5


@dataclass(frozen=True)
class DatabaseStatus:
    """The database that the searches run on. Never holds a password."""

    alias: str
    engine: str
    host: str
    port: str
    name: str
    server_version: str = ""
    pgvector_version: str = ""


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
    oldest_pending: datetime | None
    last_indexed: datetime | None
    errors: list[str]
    hnsw: HnswStatus | None


@dataclass(frozen=True)
class HnswStatus:
    """The approximate index of an embedding table, as PostgreSQL sees it."""

    name: str
    valid: bool
    scans: int


@dataclass(frozen=True)
class IndexStatus:
    """One configured index with its generations, the serving one first."""

    alias: str
    provider: str
    model: str
    generations: list[GenerationStatus] = field(default_factory=list)
    health: Health = field(default_factory=Health)


@dataclass(frozen=True)
class Status:
    """Everything ``manage.py vector_search_status`` prints."""

    database: DatabaseStatus
    indexes: list[IndexStatus]
    problems: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the status as plain dictionaries and lists."""
        return asdict(self)


def get_status() -> Status:
    """Read the state of the database and of every configured index.

    Raises:
        SettingsError: ``WAGTAIL_VECTOR_SEARCH`` is not usable.
    """
    connection = connections[router.db_for_read(VectorIndex) or "default"]
    settings = get_all_index_settings()
    try:
        database = _database_status(connection)
    except DatabaseError as error:
        unreachable = _describe(connection)
        return Status(unreachable, [], [f"The database does not answer: {type(error).__name__}."])
    if connection.vendor != "postgresql":
        return Status(database, [], [f"{connection.vendor} has no vectors: searches are answered by keywords only."])
    if not database.pgvector_version:
        return Status(database, [], ["The pgvector extension is not installed. Run: python manage.py migrate"])
    if not {VectorIndex._meta.db_table, SearchEvent._meta.db_table} <= set(connection.introspection.table_names()):
        return Status(database, [], ["The tables are missing. Run: python manage.py migrate"])
    indexes = [_index_status(entry, connection) for entry in settings]
    problems = [problem for index in indexes for problem in [*_problems(index), *index.health.problems(index.alias)]]
    return Status(database, indexes, problems)


def _describe(connection: BaseDatabaseWrapper) -> DatabaseStatus:
    values = connection.settings_dict
    return DatabaseStatus(
        connection.alias,
        str(values["ENGINE"]),
        str(values["HOST"] or values.get("OPTIONS", {}).get("host", "")),
        str(values["PORT"] or ""),
        str(values["NAME"]),
    )


def _database_status(connection: BaseDatabaseWrapper) -> DatabaseStatus:
    described = _describe(connection)
    if connection.vendor != "postgresql":
        return described
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_database(), current_setting('server_version'),"
            " (SELECT extversion FROM pg_extension WHERE extname = 'vector')"
        )
        name, server_version, pgvector_version = cursor.fetchone()
    return DatabaseStatus(
        described.alias,
        described.engine,
        described.host,
        described.port,
        name,
        server_version,
        pgvector_version or "",
    )


def _index_status(settings: IndexSettings, connection: BaseDatabaseWrapper) -> IndexStatus:
    generations = VectorIndex.objects.using(connection.alias).filter(alias=settings.alias).order_by("state", "-pk")
    statuses = [_generation_status(generation, settings, connection) for generation in generations]
    health = _health(settings, generations, connection)
    return IndexStatus(settings.alias, settings.provider, settings.model, statuses, health)


def _health(settings: IndexSettings, generations: Iterable[VectorIndex], connection: BaseDatabaseWrapper) -> Health:
    serving = next((g for g in generations if g.state == VectorIndex.State.ACTIVE), None)
    provider = serving.configuration if serving else {"provider": settings.provider, "model": settings.model}
    return get_health(settings.alias, provider_name(provider), connection.alias)


def _generation_status(
    generation: VectorIndex, settings: IndexSettings, connection: BaseDatabaseWrapper
) -> GenerationStatus:
    states = PageIndexState.objects.using(connection.alias).filter(index=generation)
    embedding_model = _embedding_model(generation, settings)
    chunks = (
        embedding_model._default_manager.using(connection.alias).filter(index=generation).count()
        if embedding_model
        else 0
    )
    pending = states.filter(state=PageIndexState.State.PENDING)
    failed = states.exclude(last_error="").order_by("-requested_at").values_list("page_id", "last_error")
    return GenerationStatus(
        id=generation.pk,
        state=generation.state,
        provider=generation.configuration.get("provider", ""),
        model=generation.configuration.get("model", ""),
        dimensions=generation.dimensions,
        matches_settings=_matches(generation, settings),
        created_at=generation.created_at,
        activated_at=generation.activated_at,
        updated_at=generation.updated_at,
        pages=_counts(states, "state", dict.fromkeys(PageIndexState.State.values, 0)),
        skipped=_counts(states.filter(state=PageIndexState.State.SKIPPED), "skip_reason", {}),
        chunks=chunks,
        oldest_pending=pending.aggregate(oldest=Min("requested_at"))["oldest"],
        last_indexed=states.aggregate(last=Max("indexed_at"))["last"],
        errors=[f"page {page_id}: {error}" for page_id, error in failed[:MAX_ERRORS]],
        hnsw=_hnsw_status(embedding_model, connection) if embedding_model else None,
    )


def _counts(states: Any, name: str, start: dict[str, int]) -> dict[str, int]:
    return start | dict(states.values_list(name).annotate(Count("pk")).order_by(name))


def _embedding_model(generation: VectorIndex, settings: IndexSettings) -> type[AbstractPageEmbedding] | None:
    label = settings.embedding_model if _matches(generation, settings) else ""
    try:
        return get_embedding_model(generation.dimensions, label)
    except (VectorSearchError, LookupError):
        return None


def _matches(generation: VectorIndex, settings: IndexSettings) -> bool:
    built_with = generation.configuration
    return (
        built_with.get("provider"),
        built_with.get("model"),
        built_with.get("chunk_words"),
        built_with.get("chunk_overlap"),
    ) == (settings.provider, settings.model, settings.chunk_words, settings.chunk_overlap)


def _hnsw_status(model: type[AbstractPageEmbedding], connection: BaseDatabaseWrapper) -> HnswStatus | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT index.relname, pg_index.indisvalid, coalesce(stat.idx_scan, 0)"
            " FROM pg_index"
            " JOIN pg_class AS index ON index.oid = pg_index.indexrelid"
            " JOIN pg_am ON pg_am.oid = index.relam AND pg_am.amname = 'hnsw'"
            " LEFT JOIN pg_stat_user_indexes AS stat ON stat.indexrelid = pg_index.indexrelid"
            " WHERE pg_index.indrelid = to_regclass(%s)",
            [connection.ops.quote_name(model._meta.db_table)],
        )
        row = cursor.fetchone()
    return HnswStatus(*row) if row else None


def _problems(index: IndexStatus) -> list[str]:
    serving = next((g for g in index.generations if g.state == VectorIndex.State.ACTIVE), None)
    if serving is None:
        return [f'The index "{index.alias}" has not been built. Run: python manage.py update_vector_index']
    problems = []
    if not serving.matches_settings:
        problems.append(
            f'The index "{index.alias}" was built with {serving.model} and other settings than the present ones. '
            "Run: python manage.py update_vector_index"
        )
    if serving.hnsw is None or not serving.hnsw.valid:
        problems.append(
            f'The index "{index.alias}" has no usable HNSW index. Run: python manage.py update_vector_index'
        )
    if failed := serving.pages[PageIndexState.State.FAILED]:
        problems.append(f'{failed} page(s) of the index "{index.alias}" failed; the errors are listed above.')
    return problems
