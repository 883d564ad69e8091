"""A quick end of transactional tests, which otherwise takes as long as the test itself.

Django empties every table, even one that is empty, and leaves the next test without the rows that every other test
finds: the site, its first pages, groups of users. Here only what a test has written is removed, and those rows are put
back, so that tests find the same database in whatever order they run.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

#: What Django makes whenever it has emptied the tables, at some cost. No test changes it.
KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})

#: Rows that every test finds, by alias of the database and by table, as ``COPY`` writes them.
_first_rows: dict[str, dict[str, bytes]] = {}


def remember_first_rows() -> None:
    """Remember what is in the test databases before the first test."""
    for connection in connections.all():
        _first_rows[connection.alias] = read_tables(connection)


def flush_what_was_written(case: Any) -> None:
    """Bring the tables into the state before the test; stands in for ``TransactionTestCase._fixture_teardown``.

    Args:
        case: what pytest-django runs the test in.
    """
    for alias in case._databases_names(include_mirrors=False):
        _flush(connections[alias])


def _flush(connection: BaseDatabaseWrapper) -> None:
    quote = connection.ops.quote_name
    ours = [name for name in _tables(connection) if name.startswith("wagtail_vector_search")]
    rows = _first_rows[connection.alias]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        written = set(_tables_with_rows(connection, cursor))
        if not written.isdisjoint(ours):
            # Deleted rows would stay in the HNSW index, and in the way of the next test, until the next VACUUM.
            cursor.execute(f"TRUNCATE {', '.join(map(quote, ours))} CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for name in written.union(rows).difference(ours):
            cursor.execute(f"DELETE FROM {quote(name)}")
        for name, content in rows.items():
            copy_in(cursor, name, content)


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    return [name for name in connection.introspection.django_table_names(only_existing=True) if name not in KEPT]


def _tables_with_rows(connection: BaseDatabaseWrapper, cursor: Any) -> list[str]:
    quote = connection.ops.quote_name
    questions = [f"SELECT '{name}' WHERE EXISTS (TABLE {quote(name)})" for name in _tables(connection)]
    cursor.execute(" UNION ALL ".join(questions))
    return [name for (name,) in cursor.fetchall()]


def read_tables(connection: BaseDatabaseWrapper) -> dict[str, bytes]:
    """Return the rows of every table that has any, but for those of ``KEPT``, as ``COPY`` writes them."""
    with connection.cursor() as cursor:
        return {name: _copy_out(cursor, name) for name in _tables_with_rows(connection, cursor)}


def copy_in(cursor: Any, name: str, rows: bytes) -> None:
    """Add rows to a table."""
    with cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
        copy.write(rows)


def _copy_out(cursor: Any, name: str) -> bytes:
    with cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)
