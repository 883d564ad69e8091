"""The state of the database and of every index, read from the database that answers searches."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connections, router

from ..conf import get_all_index_settings
from ..database.hnsw import HnswStatus
from ..database.obstacles import Cause, find_obstacle
from ..models import Generation
from .database import DatabaseStatus, describe_database, read_database
from .generations import BuildState, BuildStatus, GenerationStatus, IndexStatus, read_index
from .problems import find_problems

__all__ = [
    "BuildState",
    "BuildStatus",
    "DatabaseStatus",
    "GenerationStatus",
    "HnswStatus",
    "IndexStatus",
    "Status",
    "get_status",
]


@dataclass(frozen=True)
class Status:
    """Everything ``manage.py vector_search_status`` prints."""

    database: DatabaseStatus
    indexes: list[IndexStatus]
    problems: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the status as plain dictionaries and lists."""
        return asdict(self)


def get_status(*, sampled: bool = False) -> Status:
    """Read the state of the database and of every configured index.

    Args:
        sampled: also read some pages again, and embed some of their chunks where the provider is local.

    Raises:
        SettingsError: ``WAGTAIL_VECTOR_SEARCH`` is not usable.
    """
    connection = connections[router.db_for_read(Generation) or "default"]
    settings = get_all_index_settings()
    obstacle = find_obstacle(connection)
    if obstacle and obstacle.cause is Cause.UNREACHABLE:
        return Status(describe_database(connection), [], [str(obstacle)])
    database = read_database(connection)
    if obstacle:
        return Status(database, [], [str(obstacle)])
    indexes = [read_index(entry, connection, sampled=sampled) for entry in settings]
    problems = [
        problem for index in indexes for problem in [*find_problems(index), *index.health.problems(index.index_name)]
    ]
    return Status(database, indexes, problems)
