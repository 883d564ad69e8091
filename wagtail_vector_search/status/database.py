"""The database that searches run on, as it says itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class DatabaseStatus:
    """The database that the searches run on. Never holds a password."""

    alias: str
    #: What kind of database the engine is for, such as "postgresql".
    vendor: str
    engine: str
    host: str
    port: str
    name: str
    server_version: str = ""
    pgvector_version: str = ""


def describe_database(connection: BaseDatabaseWrapper) -> DatabaseStatus:
    """Return what the settings say of a database, without asking it and without any password."""
    values = connection.settings_dict
    return DatabaseStatus(
        connection.alias,
        connection.vendor,
        str(values["ENGINE"]),
        _without_password(values["HOST"] or values.get("OPTIONS", {}).get("host", "")),
        str(values["PORT"] or ""),
        _without_password(values["NAME"]),
    )


def _without_password(value: Any) -> str:
    """PostgreSQL takes an address or a list of options for a name, too, and either may hold a password."""
    text = str(value)
    return "(connection string)" if "://" in text or "=" in text else text


def read_database(connection: BaseDatabaseWrapper) -> DatabaseStatus:
    """Return what a database says of itself. One statement."""
    described = describe_database(connection)
    if connection.vendor != "postgresql":
        return described
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_database(), current_setting('server_version'),"
            " (SELECT extversion FROM pg_extension WHERE extname = 'vector')"
        )
        name, server_version, pgvector_version = cursor.fetchone()
    return replace(described, name=name, server_version=server_version, pgvector_version=pgvector_version or "")
