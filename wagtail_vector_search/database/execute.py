"""One way to run a statement: named names, named parameters, named rows."""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import Model

from .tables import quoted, table_name, template_names


class SQL(NamedTuple):
    """A piece of SQL with the values of its ``%(name)s``; pieces of one statement share names and values."""

    text: str
    parameters: Mapping[str, Any]


def name_parameters(text: str, values: Sequence[Any], prefix: str) -> SQL:
    """Return SQL that Django has compiled, with ``%(prefix0)s``, ``%(prefix1)s`` ... in place of each ``%s``."""
    names = [f"{prefix}{number}" for number in range(len(values))]
    unused = iter(names)
    named = re.sub("%[%s]", lambda found: f"%({next(unused)})s" if found[0] == "%s" else found[0], text)
    return SQL(named, dict(zip(names, values, strict=True)))


def place_parameters(sql: SQL) -> tuple[str, list[Any]]:
    """Return SQL as an expression of Django gives it: ``%s`` in place of each ``%(name)s``, and the values in order."""
    values: list[Any] = []

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        values.append(sql.parameters[found[1]])
        return "%s"

    return re.sub(r"%%|%\((\w+)\)s", place, sql.text), values


def fill_names(using: str, template: str, **names: str) -> str:
    """Return a piece of a statement, with quoted names of tables for ``{entry}``, ``{page}`` and so on.

    Args:
        using: the database.
        template: the piece.
        names: further names for the template.
    """
    return template.format(**template_names(using), **names)


def fetch(using: str, template: str, parameters: Mapping[str, Any] | None = None, **names: str) -> list[Any]:
    """Execute one statement and return its rows, if it has any, each with its columns as attributes.

    Args:
        using: the database.
        template: SQL in which ``{entry}``, ``{page}`` and so on stand for quoted names of tables.
        parameters: values for ``%(name)s``.
        names: further names for the template.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(fill_names(using, template, **names), parameters or {})
        if cursor.description is None:  # it is empty for rows without columns: SELECT FROM ...
            return []
        row = _row_type(tuple(column[0] for column in cursor.description))
        return [row._make(values) for values in cursor.fetchall()]


@lru_cache
def _row_type(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns, rename=True)  # the columns are the statement's


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
    names = ", ".join(map(quoted, columns))
    statement = f"COPY {table_name(model)} ({names}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)
