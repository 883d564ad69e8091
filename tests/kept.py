"""Keep what a fixture has put into the database, and put it there again for the next test.

Building a site of five pages and its index takes 400 statements, and many tests look at the same one. A fixture that is
``kept`` builds it for the first test; for the others its rows are copied into the tables, and its result is made again.
Of the fixtures that it uses, only those may write pages that are kept, too. It must not change settings.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction

from wagtail_vector_search.database.availability import is_ready

from .flushing import copy_in, read_tables

P = ParamSpec("P")
T = TypeVar("T")

#: Kept fixtures that the present test has used so far, each with the settings that it met: what each found is the same
#: in two tests where these are.
_used: list[str] = []


@dataclass(frozen=True)
class Record:
    """What a fixture has done."""

    #: What it has returned, pickled.
    result: bytes
    #: Table -> the rows that it has added or changed, as ``COPY`` writes them.
    written: dict[str, bytes]
    #: Table -> the primary keys of the rows that it has changed or removed.
    replaced: dict[str, list[str]]

    def repeat(self) -> Any:
        """Do the same again, and return an equal result."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table, keys in self.replaced.items():
                key = connection.introspection.get_primary_key_column(cursor, table)
                cursor.execute(f'DELETE FROM "{table}" WHERE "{key}"::text = ANY(%s)', [keys])
            for table, rows in self.written.items():
                copy_in(cursor, table, rows)
        is_ready(connection.alias)  # which who builds an index finds out
        return pickle.loads(self.result)  # noqa: S301  # made by this process


def begin_test() -> None:
    """Begin with a database in which no kept fixture has written."""
    _used.clear()


def kept(build: Callable[P, T]) -> Callable[P, T]:
    """Let a fixture build its site once in a process; goes below ``pytest.fixture``."""
    records: dict[tuple[str, ...], Record] = {}

    @functools.wraps(build)
    def build_or_repeat(*args: P.args, **kwargs: P.kwargs) -> T:
        met = (settings.WAGTAIL_VECTOR_SEARCH, settings.WAGTAILSEARCH_BACKENDS)
        _used.append(f"{build.__module__}.{build.__name__} {met}")
        situation = tuple(_used)
        if situation in records:
            return records[situation].repeat()
        before = read_tables(connection)
        result = build(*args, **kwargs)
        records[situation] = _record(result, before, read_tables(connection))
        return result

    return build_or_repeat


def _record(result: Any, before: dict[str, bytes], after: dict[str, bytes]) -> Record:
    written, replaced = {}, {}
    for table in before | after:
        old, new = (set(rows.get(table, b"").splitlines(keepends=True)) for rows in (before, after))
        if added := new - old:
            written[table] = b"".join(line for line in after[table].splitlines(keepends=True) if line in added)
        if gone := old - new:
            replaced[table] = [line.partition(b"\t")[0].strip().decode() for line in gone]  # the key comes first
    return Record(pickle.dumps(result), written, replaced)
