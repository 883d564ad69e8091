"""Which database is indexed, and whether its tables are there."""

from __future__ import annotations

from typing import Any

from django.db import connections, router

from ..models import Generation
from .execute import fetch
from .tables import table_name

#: Databases in which our tables have been seen, each with the schema of the tenant that a project may have chosen.
_ready: set[tuple[str, str]] = set()

FIND_TABLES = "SELECT WHERE to_regclass(%(name)s) IS NOT NULL"


def write_alias() -> str:
    """Return the database that is indexed and written. Never a replica: it lags behind the edits to index."""
    return router.db_for_write(Generation)


def is_ready(using: str) -> bool:
    """Return whether our tables are in this database: it is PostgreSQL and has been migrated.

    Asked inside editors' transactions, where a query on a missing table would abort the whole transaction.
    """
    if connections[using].vendor != "postgresql":
        return False
    # django-tenants names the schema here. Within one database, one may have our tables and another not.
    key = (using, str(getattr(connections[using], "schema_name", "")))
    if key not in _ready and fetch(using, FIND_TABLES, {"name": table_name(Generation)}):
        _ready.add(key)
    return key in _ready


def forget_ready(**kwargs: Any) -> None:
    """Look again before the next statement; a receiver of ``pre_migrate``."""
    _ready.clear()
