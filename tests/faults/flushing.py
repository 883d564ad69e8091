"""A quick end of transactional tests, which otherwise takes as long as the test itself."""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

#: What Django makes anew after it has emptied every table, at some cost. No test changes it.
KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def flush_what_was_written(case: Any) -> None:
    """Empty the tables that a test has written to; stands in for ``TransactionTestCase._fixture_teardown``.

    Args:
        case: what pytest-django runs the test in.
    """
    for alias in case._databases_names(include_mirrors=False):
        _flush(connections[alias])


def _flush(connection: BaseDatabaseWrapper) -> None:
    quote = connection.ops.quote_name
    names = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in KEPT]
    ours = [name for name in names if name.startswith("wagtail_vector_search")]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (TABLE {quote(name)})" for name in names))
        written = {name for (name,) in cursor.fetchall()}
        if not written.isdisjoint(ours):
            # Deleted rows would stay in the HNSW index, and in the way of the next test, until the next VACUUM.
            cursor.execute(f"TRUNCATE {', '.join(map(quote, ours))} CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for name in written.difference(ours):
            cursor.execute(f"DELETE FROM {quote(name)}")
