"""The pages that a search may return, as SQL that other statements build in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import QuerySet
from django.db.models.expressions import Col
from django.db.models.lookups import Exact

from ..database.execute import SQL, name_parameters
from ..database.tables import page_key, page_model
from ..models import Generation
from ..visibility import KNOWN_CLOSED_PATHS, closed_paths_sql, site_lookup_sql, visible_pages
from .languages import LocaleFilter, may_have_aliases, read_locale_filter

#: Alias that statements give to the rows they filter with ``Candidates.is_candidate_sql``.
ROW = "wvs_row"

#: When the page of a row was published last, in seconds: of pages that are equally good the newest comes first.
PUBLISHED = """(
    SELECT extract(epoch FROM page.last_published_at)::float8 FROM {page} AS page WHERE page.{pk} = found.page_id
)"""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The visible pages of a queryset.

    Their SQL reads the paths of closed pages from ``closed_path``, and those of sites from ``site``. Every statement
    that holds it begins with both::

        WITH {closed_path} SELECT ... WHERE {is_candidate}
    """

    #: Alias of the database to search.
    using: str
    #: Statement that yields the primary keys of all of them, some perhaps twice.
    select: SQL
    #: Whether they are known to be most of the site, so that they need not be counted.
    are_most_pages: bool = False
    #: Paths of the pages that are closed to visitors without any rights; ``None`` before the first statement, which
    #: finds them. Planning that costs more than all else about a candidate, so it is done once a search.
    closed_paths: tuple[str, ...] | None = None
    #: Paths of the first pages of sites; ``None`` before the first statement, likewise.
    site_paths: tuple[str, ...] | None = None
    #: Whether some of them stand for an alias that the queryset holds: what is indexed is its source.
    with_aliases: bool = False
    #: What the queryset says about the language of its pages.
    locale_filter: LocaleFilter = field(default_factory=LocaleFilter)

    @property
    def closed_path_sql(self) -> SQL:
        """The common table expressions ``closed_path`` and ``site``."""
        text = "closed_path (path) AS MATERIALIZED ({closed}), site (size, paths, pattern) AS MATERIALIZED ({sites})"
        if self.closed_paths is None or self.site_paths is None:
            return SQL(text.format(closed=closed_paths_sql(self.using), sites=site_lookup_sql()), {})
        sizes = {len(path) for path in self.site_paths}
        given = {
            "closed_paths": list(self.closed_paths),
            "site_paths": list(self.site_paths),
            "site_size": sizes.pop() if len(sizes) == 1 else None,
            "site_pattern": f"^({'|'.join(self.site_paths)})",
        }
        sites = "SELECT %(site_size)s::int, %(site_paths)s::text[], %(site_pattern)s::text"
        return SQL(text.format(closed="SELECT unnest(%(closed_paths)s::text[])", sites=sites), given)

    @property
    def is_candidate_sql(self) -> SQL:
        """Condition on a row source ``ROW`` with a column ``page_id``.

        It is a scalar subquery on the page's primary key, which the planner never turns into a join: it is evaluated
        row by row, as an index scan in order of distance needs it.
        """
        text, parameters = self.select
        return SQL(f"(SELECT id FROM ({text}) AS page (id) WHERE id = {ROW}.page_id LIMIT 1) IS NOT NULL", parameters)

    @property
    def parameters(self) -> dict[str, Any]:
        """Values for ``closed_path_sql`` with ``select`` or ``is_candidate_sql``."""
        return {**self.closed_path_sql.parameters, **self.select.parameters}

    def narrowed(self, condition: SQL) -> Candidates:
        """Return those that meet a condition on ``page.id``."""
        text = f"SELECT page.id FROM ({self.select.text}) AS page (id) WHERE {condition.text}"
        return replace(self, select=SQL(text, {**self.select.parameters, **condition.parameters}), are_most_pages=False)

    @property
    def visible_pages_cover_index(self) -> bool:
        """Whether they are all pages of the index but for some that have changed just now: no filter, none closed."""
        return self.are_most_pages and self.closed_paths == ()

    @property
    def on_postgresql(self) -> bool:
        """Whether the database can search vectors."""
        return connections[self.using].vendor == "postgresql"


def find_candidates(queryset: QuerySet[Any], *, with_aliases: bool = False) -> Candidates | None:
    """Compile the visible pages of a queryset.

    Args:
        queryset: of the page model or of any page type, with any filter; not sliced.
        with_aliases: whether the source of a visible alias is a candidate, although the queryset may not hold it. Who
            asks for that has to show the alias.

    Returns:
        ``None`` when the queryset cannot hold a page, such as ``none()``.

    Raises:
        TypeError: the queryset is sliced.
    """
    using = get_database(queryset)
    if _is_whole_site(queryset):
        return _whole_site(using)
    pages, like = queryset, None
    if queryset.query.distinct_fields:
        # distinct("field") picks rows by their order, so that further filters would change the choice.
        pages, like = queryset.model._base_manager.filter(pk__in=queryset.values("pk")), queryset
    known = KNOWN_CLOSED_PATHS
    select = _compile(visible_pages(pages, like=like, known=known), using)
    locale_filter = read_locale_filter(queryset)
    if with_aliases and may_have_aliases(using):
        shown = _compile(visible_pages(pages, like=like, known=known, is_alias=True), using, "alias_of")
        # Not one SELECT with either key: the planner could not look a page up in it.
        parts = [part for part in (select, shown) if part]
        parameters: dict[str, Any] = {}
        for part in parts:
            parameters |= part.parameters
        text = " UNION ALL ".join(part.text for part in parts)
        return (
            Candidates(using, SQL(text, parameters), with_aliases=True, locale_filter=locale_filter) if parts else None
        )
    return Candidates(using, select, locale_filter=locale_filter) if select else None


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
    live = page_model()._meta.get_field("live")
    return all(
        isinstance(condition, Exact)
        and isinstance(condition.lhs, Col)
        and condition.lhs.target is live
        and condition.lhs.alias == query.base_table
        and condition.rhs is True
        for condition in query.where.children
    )


@cache
def _whole_site(using: str) -> Candidates | None:
    """Compiled once a process: it is what most searches are about."""
    select = _compile(visible_pages(page_model()._base_manager.all(), known=KNOWN_CLOSED_PATHS), using)
    return Candidates(using, select, are_most_pages=True) if select else None


def _compile(pages: QuerySet[Any], using: str, column: str = "") -> SQL | None:
    try:
        text, values = pages.order_by().values(column or page_key()).query.get_compiler(using).as_sql()
    except EmptyResultSet:
        return None
    return name_parameters(text, values, f"candidate_{column}" if column else "candidate")
