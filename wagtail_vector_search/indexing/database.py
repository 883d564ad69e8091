"""Where the tables are, and running SQL on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import swapper
from django.db import InterfaceError, OperationalError, connections, router
from django.db.models import Model
from wagtail.models import Locale, PageViewRestriction

from ..models import Entry, EntryTerms, Generation, TermFrequency

#: Databases in which our tables have been seen, and whether statements have a time limit there.
_ready: dict[str, bool] = {}

FIND_TABLES = """
SELECT current_setting('statement_timeout') <> '0' OR current_setting('lock_timeout') <> '0'
WHERE to_regclass(%(name)s) IS NOT NULL
"""


def page_model() -> Any:
    """Return the project's page model, which may be swapped."""
    return swapper.load_model("wagtailcore", "Page")


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
        for (limited,) in run(using, FIND_TABLES, {"name": _names(using)["generation"]}):
            _ready[using] = limited
    return using in _ready


def has_time_limits(using: str) -> bool:
    """Return whether PostgreSQL gives up a statement that takes, or waits, too long; as seen by ``is_ready``."""
    return _ready.get(using, False)


def forget_ready(**kwargs: Any) -> None:
    """Look again before the next statement; a receiver of ``pre_migrate``."""
    _ready.clear()


def run(using: str, template: str, parameters: Mapping[str, Any], **tables: str) -> list[tuple[Any, ...]]:
    """Execute one statement and return its rows, if it has any.

    Args:
        using: the database.
        template: SQL in which ``{entry}``, ``{page}`` and so on stand for quoted names of tables.
        parameters: values for ``%(name)s``.
        tables: further names for the template.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(template.format(**_names(using), **tables), parameters)
        return cursor.fetchall() if cursor.description else []


def is_outage(error: BaseException, using: str | None = None) -> bool:
    """Return whether the database cannot do its work at all, so that no page is to blame.

    An operational error is also what a text too large for an index gives, or a statement that takes too long, or
    another database that a page reads from: those would happen with the same page again and again.

    Args:
        error: any error.
        using: the database, if the error may come from another.
    """
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:
        return using is None or is_disconnected(using)
    # Connection failure, lack of resources, shutdown.
    return state.startswith(("08", "53", "57P"))


def is_disconnected(using: str) -> bool:
    """Return whether there is no connection, or one that has broken."""
    connection = connections[using].connection
    return connection is None or bool(connection.closed)


def table_name(model: type[Model], using: str) -> str:
    """Return the quoted name of a model's table."""
    return connections[using].ops.quote_name(model._meta.db_table)


def copy_rows(using: str, model: type[Model], columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Load rows with binary ``COPY``, three times as fast as ``INSERT``.

    Args:
        using: the database.
        model: whose table the rows go into.
        columns: PostgreSQL type by column name; ``bytea`` for values that are already in the column's binary form.
        rows: values in the order of the columns.
    """
    if not rows:
        return
    connection = connections[using]
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    statement = f"COPY {table_name(model, using)} ({names}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)


def page_key_type(using: str) -> str:
    """Return the PostgreSQL type of a page's primary key."""
    return str(page_model()._meta.pk.rel_db_type(connections[using]))


@lru_cache
def _names(using: str) -> dict[str, str]:
    models = {
        "page": page_model(),
        "locale": Locale,
        "restriction": PageViewRestriction,
        "generation": Generation,
        "entry": Entry,
        "entry_terms": EntryTerms,
        "term_frequency": TermFrequency,
    }
    names = {name: table_name(model, using) for name, model in models.items()}
    key = connections[using].ops.quote_name(page_model()._meta.pk.column)
    return {**names, "pk": key, "page_key": page_key_type(using)}
