"""The sites that pages belong to. A page outside every site has no address, and no search returns it.

Which site a page belongs to is Wagtail's rule: the one with the nearest root above it, in the tree of any language.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import BooleanField, F, Func, QuerySet
from wagtail.models import Site

from ..database.tables import page_model, quoted, table_name

Pages = TypeVar("Pages", bound="QuerySet[Any]")

#: The common table expression of a statement that begins with ``WITH site (size, paths, pattern) AS (...)``.
KNOWN_SITES = "site"

# A project without any site has no addresses to go by: every page is below the empty path.
_SITE_PATHS = """
SELECT root.{path} AS path FROM {page} AS root WHERE {is_root}
UNION ALL SELECT '' WHERE NOT EXISTS (SELECT 1 FROM {site})
"""
_LOOKUP = """
SELECT CASE WHEN min(length(root.path)) = max(length(root.path)) THEN min(length(root.path)) END AS size,
    array_agg(root.path::text) AS paths, '^(' || string_agg(root.path, '|') || ')' AS pattern
FROM ({paths}) AS root
"""
_IS_ROOT = "root.{key} IN (SELECT root_page_id FROM {site})"
_IS_ROOT_OF_A_LANGUAGE = """root.translation_key IN (
    SELECT first.translation_key FROM {page} AS first WHERE first.{key} IN (SELECT root_page_id FROM {site}))"""


def site_paths_sql() -> str:
    """Return the statement, without parameters, that yields the paths of the first pages of sites in every language."""
    fields = page_model()._meta
    names = {"page": table_name(page_model()), "site": table_name(Site), "key": quoted(fields.pk.column)}
    # As Wagtail has it: without this setting the tree of another language has no address.
    is_root = _IS_ROOT_OF_A_LANGUAGE if getattr(settings, "WAGTAIL_I18N_ENABLED", False) else _IS_ROOT
    return _SITE_PATHS.format(**names, path=quoted(fields.get_field("path").column), is_root=is_root.format(**names))


def site_lookup_sql() -> str:
    """Return the statement, without parameters, that yields how to tell a path within a site, on PostgreSQL.

    That is the length of the paths of all sites (NULL where they differ), the paths, and a pattern of them.
    """
    return _LOOKUP.format(paths=site_paths_sql())


def find_site(request: Any) -> Site | None:
    """Return the site that a request is for; ``None`` where all sites have the same pages, or there is no request."""
    if not hasattr(request, "get_host") or len(set(_roots_by_site().values())) < 2:
        return None
    site: Site | None = Site.find_for_request(request)
    return site


def in_site(request: Any, queryset: Pages) -> Pages:
    """Narrow a queryset of pages to those of the site that a request is for, in all its languages.

    A project with one site has the same pages as before, without a condition and without a statement.

    Args:
        request: of the visitor.
        queryset: of the page model or of any page type; not sliced.
    """
    return of_site(find_site(request), queryset)


def of_site(site: Site | None, queryset: Pages) -> Pages:
    """Narrow a queryset of pages to those of one site; ``None`` leaves it as it is."""
    return queryset if site is None else _narrow(site.pk, queryset)


def in_site_of(page: Any, queryset: Pages) -> Pages:
    """Narrow a queryset of pages to those of the site of a page; unchanged where it is in none."""
    roots = _roots_by_site()
    above = [(len(root), site) for site, paths in roots.items() for root in paths if page.url_path.startswith(root)]
    return _narrow(max(above)[1], queryset) if above and len(set(roots.values())) > 1 else queryset


def _narrow(site_id: Any, queryset: Pages) -> Pages:
    roots = _roots_by_site()
    own = roots.get(site_id, frozenset())
    # A site below the first page of another one is not a part of that.
    others = {root for paths in roots.values() for root in paths - own if root.startswith(tuple(own))}
    return queryset.filter(IsBelow(own, others))


def _roots_by_site() -> dict[Any, frozenset[str]]:
    """Return the addresses of the first pages of each site, one for each of its languages.

    Wagtail keeps them in Django's cache, and reads them for the address of any page.
    """
    roots: dict[Any, set[str]] = {}
    for root in Site.get_site_root_paths():
        roots.setdefault(root.site_id, set()).add(root.root_path)
    return {site: frozenset(paths) for site, paths in roots.items()}


class IsBelow(Func):
    """Condition that the address of a page is below one of some, and below none of some others."""

    output_field = BooleanField()

    def __init__(self, roots: Collection[str] = (), others: Collection[str] = (), **extra: Any) -> None:
        super().__init__(F("url_path"), **extra)
        self.roots = roots
        self.others = others

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Compile to a condition."""
        path, path_params = compiler.compile(self.source_expressions[0])

        def is_below(roots: Collection[str]) -> tuple[str, list[Any]]:
            conditions, values = ["1 = 0"], []
            for root in sorted(roots):
                conditions.append(f"substr({path}, 1, %s) = %s")
                values += [*path_params, len(root), root]
            return f"({' OR '.join(conditions)})", values

        (wanted, wanted_values), (unwanted, unwanted_values) = is_below(self.roots), is_below(self.others)
        return f"({wanted} AND NOT {unwanted})", [*wanted_values, *unwanted_values]
