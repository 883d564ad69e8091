"""The SQL clauses that keep pages from those who may not see them.

Each is one expression: Django takes longer to build and compile several conditions than PostgreSQL to check them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connections
from django.db.models import BooleanField, F, Func
from django.db.models.functions import Now
from django.db.models.sql import Query

from ..database.tables import page_model, quoted, table_name
from .visitors import all_restrictions


class IsPublished(Func):
    """Whether a page is live, not past ``expire_at``, and no alias of another page."""

    output_field = BooleanField()

    def __init__(self, **extra: Any) -> None:
        super().__init__(F("live"), F("expire_at"), F("alias_of"), Now(), **extra)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Compile to a condition."""
        (live, _), (expire_at, _), (source, _), (now, _) = map(compiler.compile, self.source_expressions)
        return f"({live} AND ({expire_at} IS NULL OR {expire_at} > {now}) AND {source} IS NULL)", []


class IsPermitted(Func):
    """Whether no page on a path, from the root to the page itself, has one of some view restrictions.

    A page that is an alias has those of its source, as in Wagtail.

    Args:
        path: the path of the page in the tree.
        refused: the restrictions that one visitor does not pass, a query on ``PageViewRestriction``; ``None`` for all.
        for_visitor: whether ``visible_to`` asked for it.
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
        return self._compile(compiler, connection, self.template)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """Compile to a condition that stays quick with thousands of restrictions."""
        return self._compile(compiler, connection, self.template_postgresql)

    def _compile(self, compiler: Any, connection: Any, template: str) -> tuple[str, list[Any]]:
        path, path_params = compiler.compile(self.source_expressions[0])
        closed, values = (
            closed_paths(self.refused, connection)
            if self.refused
            else (self.known or all_closed_paths(connection.alias), ())
        )
        # In the order in which the template names them.
        if template is self.template:
            return template.format(path=path, closed=closed), [*values, *path_params]
        params = [*values, *path_params, *values]
        return template.format(path=path, closed=closed), params


@cache
def all_closed_paths(using: str) -> str:
    """Return the statement that yields the paths of the pages that are closed to visitors without any rights."""
    return closed_paths(all_restrictions(), connections[using])[0]


def closed_paths(refused: Query, connection: Any) -> tuple[str, tuple[Any, ...]]:
    """Return a statement that yields the paths of the pages with such a restriction, and of the aliases of these.

    Args:
        refused: the restrictions, a query on ``PageViewRestriction``.
        connection: to the database that will run it.
    """
    pages, params = _restricted_pages(refused).get_compiler(connection=connection).as_sql()
    page = page_model()
    key, path, source = (quoted(page._meta.get_field(name).column) for name in (page._meta.pk.name, "path", "alias_of"))
    text = f"""WITH RECURSIVE closed (id, path) AS (
        SELECT page.{key}, page.{path} FROM {table_name(page)} AS page WHERE page.{key} IN ({pages})
        UNION SELECT alias.{key}, alias.{path} FROM closed JOIN {table_name(page)} AS alias ON alias.{source} = closed.id
        WHERE alias.{source} IS NOT NULL) SELECT path FROM closed"""
    return text, tuple(params)


def _restricted_pages(refused: Query) -> Query:
    query = refused.clone()
    query.clear_ordering(force=True)
    query.set_values(["page_id"])
    return query
