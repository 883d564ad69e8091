"""Which pages a visitor may find: checked on the current rows at query time, whatever the index says."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet
from wagtail.models import PageViewRestriction

from .sql import page_model, quoted, table


def visible_pages(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow a queryset of pages to those that anybody may see.

    They are live, no alias of another page, and neither they nor an ancestor have a view restriction. It is one SQL
    clause however many restrictions there are.

    Args:
        queryset: of the page model or of any page type; not sliced.

    Raises:
        TypeError: the queryset is sliced.
    """
    return queryset.filter(IsUnrestricted(F("path")), live=True, alias_of__isnull=True)


class IsUnrestricted(Func):
    """Whether no page on a path, from the root to the page itself, has a view restriction.

    Args:
        path: the path of the page in the tree.
    """

    output_field = BooleanField()

    #: Any database: look for a restricted page whose path the page's path begins with.
    template = """NOT EXISTS (
        SELECT 1 FROM ({restricted}) AS restricted
        WHERE restricted.path = substr({path}, 1, length(restricted.path)))"""

    #: PostgreSQL: cut the path to each length that a restricted path has (there are few), and look it up in a hash.
    #: IS TRUE keeps the planner from turning the look-up into a join that reads every restriction for every page.
    template_postgresql = """NOT EXISTS (
        SELECT 1 FROM unnest(ARRAY(SELECT DISTINCT length(restricted.path) FROM ({restricted}) AS restricted)) AS size
        WHERE (left({path}, size) IN ({restricted})) IS TRUE)"""

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Compile to a condition."""
        return self._compile(compiler, self.template)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """Compile to a condition that stays quick with thousands of restrictions."""
        return self._compile(compiler, self.template_postgresql)

    def _compile(self, compiler: Any, template: str) -> tuple[str, list[Any]]:
        path, params = compiler.compile(self.source_expressions[0])
        return template.format(path=path, restricted=_restricted_paths()), list(params)


def _restricted_paths() -> str:
    page = page_model()
    page_id, path = page._meta.pk.column, page._meta.get_field("path").column
    restricted_id = PageViewRestriction._meta.get_field("page").column
    return (
        f"SELECT page.{quoted(path)} AS path FROM {table(PageViewRestriction)} AS restriction"
        f" JOIN {table(page)} AS page ON page.{quoted(page_id)} = restriction.{quoted(restricted_id)}"
    )
