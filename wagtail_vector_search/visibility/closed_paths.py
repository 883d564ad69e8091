"""The one rule for "private", and the clause that checks it.

A page is closed if it has a view restriction, or is an alias of a closed page. A page is private if it is closed or
below a closed page. ``_STATEMENT`` is the only query for this: searches, the survey of a generation and the signal
handlers build it into their own statements.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connections
from django.db.models import BooleanField, Func
from django.db.models.sql import Query

from ..database.tables import page_model, quoted, table_name
from .visitors import all_restrictions

#: Yields the closed paths inside a statement that begins with ``WITH closed_path (path) AS (...)``. PostgreSQL refuses
#: a query with it outside of such a statement.
KNOWN_CLOSED_PATHS = "SELECT path FROM closed_path"

_STATEMENT = """WITH RECURSIVE closed (id, path) AS (
    SELECT page.{key}, page.{path} FROM {page} AS page WHERE page.{key} IN ({restricted})
    UNION
    SELECT alias.{key}, alias.{path} FROM closed JOIN {page} AS alias ON alias.{source} = closed.id
    WHERE alias.{source} IS NOT NULL
) SELECT path FROM closed"""


class IsPermitted(Func):
    """Condition that no page on a path, from the root to the page itself, is closed to a visitor.

    It is one expression: Django takes longer to build and compile several conditions than PostgreSQL to check them.

    Args:
        path: the path of the page in the tree.
        refused: the restrictions that one visitor does not pass, a query on ``PageViewRestriction``; ``None`` for all.
        for_visitor: whether ``visible_to`` asked for it.
        known: SQL that yields the closed paths where ``refused`` is ``None``, for a query that becomes part of a
            statement that knows them, such as ``KNOWN_CLOSED_PATHS``; empty to find them.
    """

    output_field = BooleanField()

    #: Any database: look for a closed page whose path the page's path begins with.
    template = """NOT EXISTS (
        SELECT 1 FROM ({closed}) AS closed WHERE closed.path = substr({path}, 1, length(closed.path)))"""

    #: PostgreSQL: cut the path to each length that a closed page's path has (there are few), and look it up in a hash.
    #: IS TRUE keeps the planner from turning the look-up into a join that reads every restriction for every page; the
    #: array hides from it how many there are, as it would not build a large hash.
    template_postgresql = """NOT EXISTS (
        SELECT 1 FROM unnest(ARRAY(SELECT DISTINCT length(closed.path) FROM ({closed}) AS closed)) AS size
        WHERE (left({path}, size) IN (SELECT unnest(ARRAY({closed})))) IS TRUE)"""

    def __init__(
        self, path: Any, refused: Query | None = None, *, for_visitor: bool = False, known: str = "", **extra: Any
    ) -> None:
        super().__init__(path, **extra)
        self.refused = refused
        self.for_visitor = for_visitor
        self.known = known

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Compile to a condition."""
        path, path_params = compiler.compile(self.source_expressions[0])
        closed, values = self._closed(connection)
        return self.template.format(path=path, closed=closed), [*values, *path_params]

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """Compile to a condition that stays quick with thousands of restrictions."""
        path, path_params = compiler.compile(self.source_expressions[0])
        closed, values = self._closed(connection)
        return self.template_postgresql.format(path=path, closed=closed), [*values, *path_params, *values]

    def _closed(self, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if self.refused:
            return _paths_closed_by(self.refused, connection)
        return self.known or closed_paths_sql(connection.alias), ()


@cache
def closed_paths_sql(using: str) -> str:
    """Return the statement, without parameters, that yields the paths closed to visitors without any rights."""
    return _paths_closed_by(all_restrictions(), connections[using])[0]


def is_private_sql(path: str) -> str:
    """Return the condition that a page is private, for PostgreSQL, inside a statement that knows the closed paths.

    Args:
        path: SQL for the path of the page.
    """
    return "NOT " + IsPermitted.template_postgresql.format(path=path, closed=KNOWN_CLOSED_PATHS)


def _paths_closed_by(refused: Query, connection: Any) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that yields the closed paths, given the restrictions that count, and its parameters."""
    restricted = refused.clone()
    restricted.clear_ordering(force=True)
    restricted.set_values(["page_id"])
    text, params = restricted.get_compiler(connection=connection).as_sql()
    page = page_model()
    key, path, source = (quoted(page._meta.get_field(name).column) for name in (page._meta.pk.name, "path", "alias_of"))
    names = {"page": table_name(page), "key": key, "path": path, "source": source}
    return _STATEMENT.format(restricted=text, **names), tuple(params)
