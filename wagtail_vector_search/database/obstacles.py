"""What keeps a database from being searched or indexed: each cause told apart, each with what helps there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from ..models import Entry, EntryRequest, EntryTerms, Generation, SearchEvent, TermFrequency, get_vector_tables
from ..privacy import REMOVED
from .errors import describe
from .execute import fetch
from .extension import Extension, read_extension
from .tables import page_model, table_name

#: What is wrong with a login, by the words of PostgreSQL and psycopg, and what to do. The first that fits counts.
_LOGINS: tuple[tuple[str, str], ...] = (
    (
        "password authentication failed",
        'Correct the user or the password. In DATABASE_URL write "/" as %2F, "#" as %23.',
    ),
    ("no password supplied", "Add the password."),
    (r'role ".*" does not exist', "Correct the user."),
    (r'database ".*" does not exist', "Create it (createdb), or correct its name."),
    ("invalid connection option", "Take that option out of OPTIONS, or out of what follows the ? in DATABASE_URL."),
    ("server does not support SSL", "Take sslmode=require out, or turn SSL on at the server."),
    ("translate host name|resolve host", "Correct the host."),
    ("Connection refused|No such file|timeout|timed out", "Start PostgreSQL, or correct host and port."),
)


class Cause(StrEnum):
    """Why a database cannot be searched or indexed."""

    UNREACHABLE = "unreachable"
    NOT_POSTGRESQL = "not_postgresql"
    #: The server does not have pgvector.
    NOT_ON_SERVER = "not_on_server"
    #: ``migrate`` has not been run.
    NOT_MIGRATED = "not_migrated"
    #: The migration has been run, and the extension is not there all the same.
    NOT_CREATED = "not_created"
    TOO_OLD = "too_old"
    HIDDEN = "hidden"
    #: Tables or columns are missing although the migration has been run: restored in part.
    INCOMPLETE = "incomplete"
    NOT_PERMITTED = "not_permitted"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a database from being searched or indexed."""

    cause: Cause
    #: What is wrong, in a sentence.
    said: str
    #: What to type or to change.
    remedy: str

    def __str__(self) -> str:
        return f"{self.said} {self.remedy}"


def find_obstacle(connection: BaseDatabaseWrapper, *, writes: bool = False) -> Obstacle | None:
    """Return what keeps a database from being searched; ``None`` if nothing does. Two statements then.

    Args:
        connection: to the database.
        writes: whether it is to be indexed, too.
    """
    if connection.vendor != "postgresql":
        return Obstacle(
            Cause.NOT_POSTGRESQL,
            f'The database "{connection.alias}" is {connection.vendor}, which has no vectors.',
            "Searches are answered by keywords only. For search by meaning, point DATABASES at PostgreSQL.",
        )
    try:
        connection.ensure_connection()
    except Exception as error:  # also what psycopg and the pool make of an option that they do not know
        return _describe_login(connection, error)
    extension = read_extension(connection)
    tables = _read_tables(connection)
    return _of_extension(connection, extension) or _of_tables(connection, extension, tables, writes=writes)


def _describe_login(connection: BaseDatabaseWrapper, error: Exception) -> Obstacle:
    said = describe(error)
    if password := str(connection.settings_dict.get("PASSWORD") or ""):
        said = said.replace(password, REMOVED)
    remedy = next((remedy for words, remedy in _LOGINS if re.search(words, said)), "Start it, or correct DATABASES.")
    return Obstacle(Cause.UNREACHABLE, f'The database "{connection.alias}" cannot be reached: {said}', remedy)


def _of_extension(connection: BaseDatabaseWrapper, extension: Extension) -> Obstacle | None:
    if not (extension.version or extension.available):
        return Obstacle(
            Cause.NOT_ON_SERVER,
            f'The PostgreSQL server of the database "{connection.alias}" does not have pgvector.',
            "Install it on the server: the package postgresql-NN-pgvector from apt.postgresql.org, or the image "
            "pgvector/pgvector.",
        )
    if extension.is_too_old:
        said = f"pgvector {extension.version or extension.available} is too old: filtered searches need 0.8 or later."
        return Obstacle(Cause.TOO_OLD, said, extension.how_to_update())
    if not extension.version:
        if Generation._meta.app_label not in _migrated_apps(connection):
            return Obstacle(Cause.NOT_MIGRATED, "The extension pgvector is not installed.", _MIGRATE)
        return Obstacle(
            Cause.NOT_CREATED,
            "The extension pgvector is not installed, although the migrations have been run.",
            f"{extension.how_to_create()} Then run: {RECREATE}",
        )
    if extension.is_hidden:
        return Obstacle(Cause.HIDDEN, extension.describe_hidden(), extension.how_to_find())
    return None


_MIGRATE = "Run: python manage.py migrate"

#: The command that creates all tables again, and builds the index.
RECREATE = "python manage.py update_vector_index --recreate-tables"

_READ_TABLES = """
SELECT given.name, to_regclass(given.name) IS NOT NULL AS is_there,
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(given.name) AND NOT attisdropped)
        AS columns,
    coalesce(has_table_privilege(to_regclass(given.name), 'SELECT'), TRUE) AS may_read,
    coalesce(has_table_privilege(to_regclass(given.name), 'INSERT')
        AND has_table_privilege(to_regclass(given.name), 'UPDATE')
        AND has_table_privilege(to_regclass(given.name), 'DELETE'), TRUE) AS may_write
FROM unnest(%(names)s::text[]) AS given (name)
"""


def our_tables() -> list[type[models.Model]]:
    """Return the models of every table of this package, and of vector tables of the project."""
    return [Generation, Entry, EntryRequest, EntryTerms, TermFrequency, SearchEvent, *get_vector_tables()]


def _read_tables(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    names = [table_name(model) for model in (*our_tables(), page_model())]
    return {row.name: row for row in fetch(connection.alias, _READ_TABLES, {"names": names})}


def _of_tables(
    connection: BaseDatabaseWrapper, extension: Extension, tables: dict[str, Any], *, writes: bool
) -> Obstacle | None:
    ours = {table_name(model): model for model in our_tables()}
    lacks = {name: list(_lacking(name, model, tables[name])) for name, model in ours.items()}
    if any(lacks.values()):
        migrated = _migrated_apps(connection)
        if Generation._meta.app_label not in migrated:
            said = f'The tables are missing from the database "{connection.alias}".'
            return Obstacle(Cause.NOT_MIGRATED, said, _MIGRATE)
        # A table of the project may have no migration yet.
        lacking = [each for name, found in lacks.items() for each in found if ours[name]._meta.app_label in migrated]
        if lacking:
            return Obstacle(
                Cause.INCOMPLETE,
                f'The database "{connection.alias}" lacks {_listed(lacking)}, although the migrations have been run: '
                "it was restored without, or only in part.",
                f"Restore it whole, or create the tables again and build the index: {RECREATE}",
            )
    # A role that saves no pages need not write: it only searches.
    writes = writes or tables[table_name(page_model())].may_write
    unreadable = [name for name in ours if not tables[name].may_read]
    if refused := unreadable or [name for name in ours if writes and not tables[name].may_write]:
        rights = "SELECT, INSERT, UPDATE, DELETE" if writes else "SELECT"
        return Obstacle(
            Cause.NOT_PERMITTED,
            f"The role {extension.role} may not {'read' if unreadable else 'write'} {_listed(refused)}.",
            f"Have their owner run in the database: GRANT {rights} ON {', '.join(ours)} TO {extension.role};",
        )
    return None


def _lacking(name: str, model: type[models.Model], table: Any) -> Iterator[str]:
    """Yield a table that is not there, or the columns that it lacks."""
    if not table.is_there:
        yield name
        return
    for field in model._meta.concrete_fields:
        if field.column not in table.columns:
            yield f"{name}.{field.column}"


def _listed(names: Iterable[str], most: int = 3) -> str:
    first, *others = list(names)
    shown = [first, *others[: most - 1]]
    more = len(others) + 1 - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _migrated_apps(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the apps whose migrations have been run, as far as the database remembers."""
    return {app for app, _ in MigrationRecorder(connection).applied_migrations()}
