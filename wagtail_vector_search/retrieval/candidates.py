"""The pages that a search may return, as SQL that the legs build into their own statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import sqrt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import QuerySet
from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from psycopg.sql import quote

from ..database.execute import SQL
from ..database.tables import page_key, page_model
from ..models import Generation
from ..visibility import CLOSED_PATHS, closed_paths_sql, fill_closed_paths, visible_pages

if TYPE_CHECKING:
    from .unsaved import UnsavedPage

# Scanning n candidates one by one costs n steps; walking the HNSW graph until enough of them have turned up costs
# about (pages / n) times a constant. The two are equal at a multiple of the square root of the number of pages:
# measured at 50,000 pages, at 6,000 candidates.
EXACT_SCAN_PER_ROOT = 26
EXACT_SCAN_AT_LEAST = 400

#: Alias that the legs give to the rows they filter with ``Candidates.contain_row``.
ROW = "wvs_row"


@dataclass(frozen=True, slots=True)
class Candidates:
    """The visible pages of a queryset.

    Args:
        using: Alias of the database to search.
        query: Statement that yields the primary keys of all of them, some perhaps twice, compiled with
            ``CLOSED_PATHS``.
        are_most_pages: Whether they are known to be most of the site, so that they need not be counted.
        hide_hardly_any: Whether they are known to be all of the index but for some that have changed just now.
        unsaved: A page that is ranked among them, as it is in memory.
        closed_paths: Statement that yields the closed paths; empty to find them.
    """

    using: str
    query: SQL
    are_most_pages: bool = False
    hide_hardly_any: bool = False
    unsaved: UnsavedPage | None = None
    closed_paths: str = ""

    @property
    def select(self) -> SQL:
        """Statement that yields the primary keys of all of them, some perhaps twice."""
        return fill_closed_paths(self.query, self.closed_paths or closed_paths_sql(self.using))

    @property
    def contain_row(self) -> SQL:
        """Condition on a row source ``ROW`` with a column ``page_id``.

        It is a scalar subquery on the page's primary key, which the planner never turns into a join: it is evaluated
        row by row, as an index scan in order of distance needs it.
        """
        text, params = self.select
        return SQL(f"(SELECT id FROM ({text}) AS page (id) WHERE id = {ROW}.page_id LIMIT 1) IS NOT NULL", params)

    def with_closed_paths(self, statement: str) -> Candidates:
        """Return the same candidates with another statement that yields the closed paths.

        Planning the one that finds them costs more than all else about a candidate, so it is run once a search.
        """
        return replace(self, closed_paths=statement)

    def with_known_paths(self, closed: Sequence[str]) -> Candidates:
        """Return the same candidates, given the closed paths."""
        array = quote(list(closed)).replace("%", "%%")
        known = self.with_closed_paths(f"SELECT unnest({array}::text[]) AS path")
        return replace(known, hide_hardly_any=self.are_most_pages and not closed)

    @property
    def on_postgresql(self) -> bool:
        """Whether the database can search vectors."""
        return connections[self.using].vendor == "postgresql"


def find_candidates(queryset: QuerySet[Any], unsaved: UnsavedPage | None = None) -> Candidates | None:
    """Compile the visible pages of a queryset.

    Args:
        queryset: of the page model or of any page type, with any filter; not sliced.
        unsaved: A page that is ranked as it is in memory; what is stored of it is no candidate.

    Returns:
        ``None`` when the queryset cannot hold a page, such as ``none()``.

    Raises:
        TypeError: the queryset is sliced.
    """
    if unsaved:
        found = find_candidates(queryset.exclude(pk=unsaved.page_id))
        return replace(found, unsaved=unsaved) if found else None
    using = get_database(queryset)
    if _is_whole_site(queryset):
        return _whole_site(using)
    query = _compile(_visible_pages(queryset), using)
    return Candidates(using, query) if query else None


def exact_scan_limit(page_count: int) -> int:
    """Return the most candidates that are scanned one by one, without an index, on a site of ``page_count`` pages."""
    return max(EXACT_SCAN_AT_LEAST, round(EXACT_SCAN_PER_ROOT * sqrt(page_count)))


def get_database(queryset: QuerySet[Any]) -> str:
    """Return the alias of the database that a search of ``queryset`` reads."""
    return queryset._db or router.db_for_read(Generation)  # type: ignore[attr-defined]


def _is_whole_site(queryset: QuerySet[Any]) -> bool:
    """Whether a queryset is every page, or every live one. ``False`` where that cannot be told."""
    query = queryset.query
    if queryset.model is not page_model() or query.is_sliced or query.combinator or query.annotations:
        return False
    if query.distinct_fields or query.extra_tables or query.where.negated:
        return False
    return all(_is_live(condition, query.base_table) for condition in query.where.children)


def _is_live(condition: Any, alias: str | None) -> bool:
    if not isinstance(condition, Exact) or not isinstance(condition.lhs, Col):
        return False
    live = page_model()._meta.get_field("live")
    return condition.lhs.target is live and condition.lhs.alias == alias and condition.rhs is True


@cache
def _whole_site(using: str) -> Candidates | None:
    """Compiled once a process: it is what most searches are about."""
    query = _compile(visible_pages(page_model()._base_manager.all(), known=CLOSED_PATHS), using)
    return Candidates(using, query, are_most_pages=True) if query else None


def _compile(pages: QuerySet[Any], using: str) -> SQL | None:
    try:
        text, params = pages.order_by().values(page_key()).query.get_compiler(using).as_sql()
    except EmptyResultSet:
        return None
    return SQL(text, tuple(params))


def _visible_pages(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """``distinct("field")`` picks rows by their order, so that further filters would change the choice."""
    if not queryset.query.distinct_fields:
        return visible_pages(queryset, known=CLOSED_PATHS)
    chosen = queryset.model._base_manager.filter(pk__in=queryset.values("pk"))
    return visible_pages(chosen, like=queryset, known=CLOSED_PATHS)
