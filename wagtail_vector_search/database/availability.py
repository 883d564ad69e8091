"""Which database is indexed, and whether its tables are there."""

from __future__ import annotations

from typing import Any

from django.db import connections, router

from ..models import Generation
from .execute import fetch
from .tables import table_name

#: Databases in which our tables have been seen, and whether statements have a time limit there.
_ready: dict[str, bool] = {}

FIND_TABLES = """
SELECT current_setting('statement_timeout') <> '0' OR current_setting('lock_timeout') <> '0' AS has_time_limits
WHERE to_regclass(%(name)s) IS NOT NULL
"""


def write_alias() -> str:
    """Return the database that is indexed and written. Never a replica: it lags behind the edits to index."""
    return router.db_for_write(Generation)


def is_ready(using: str) -> bool:
    """Return whether our tables are in this database: it is PostgreSQL and has been migrated.

    Asked inside editors' transactions, where a query on a missing table would abort the whole transaction.
    """
    if connections[using].vendor != "postgresql":
        return False
    if using not in _ready:
        for row in fetch(using, FIND_TABLES, {"name": table_name(Generation)}):
            _ready[using] = row.has_time_limits
    return using in _ready


def has_time_limits(using: str) -> bool:
    """Return whether PostgreSQL gives up a statement that takes, or waits, too long; as seen by ``is_ready``."""
    return _ready.get(using, False)


def forget_ready(**kwargs: Any) -> None:
    """Look again before the next statement; a receiver of ``pre_migrate``."""
    _ready.clear()
