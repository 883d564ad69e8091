"""Narrows querysets to the pages that a visitor may find, by the current rows at query time."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import F, QuerySet
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND, WhereNode

from .closed_paths import IsPermitted
from .published import IsPublished
from .sites import KNOWN_SITES
from .visitors import refused_restrictions

Pages = TypeVar("Pages", bound="QuerySet[Any]")


def visible_pages(
    queryset: Pages,
    *,
    like: QuerySet[Any] | None = None,
    known: str = "",
    is_alias: bool | None = False,
    ranked: bool = False,
) -> Pages:
    """Narrow a queryset of pages to those that a search may return.

    They are live, not past ``expire_at``, no alias of another page, within a site, so that they have an address, and
    public: neither they nor a page above have a view restriction. Where ``visible_to`` has narrowed the queryset
    already, its visitor decides instead. It is one SQL clause however many restrictions there are.

    Args:
        queryset: of the page model or of any page type; not sliced.
        like: another queryset whose visitor counts here, too.
        known: SQL that yields the closed paths of visitors without any rights, for a query that becomes part of a
            statement that knows them, such as ``KNOWN_CLOSED_PATHS``, and ``KNOWN_SITES``; empty to find them.
        is_alias: ``True`` for the aliases in their place, which are as visible as other pages where they stand;
            ``None`` for both.
        ranked: whether the pages come from a ranking, which has looked at their sites.

    Raises:
        TypeError: the queryset is sliced.
    """
    published = IsPublished(known_sites=KNOWN_SITES if known else "", is_alias=is_alias, ranked=ranked)
    permission = _find_permission((queryset if like is None else like).query.where)
    if permission and like is None:
        return queryset.filter(published)
    refused = permission.refused if permission else None
    return queryset.filter(published, IsPermitted(F("path"), refused, known=known))


def visible_to(request: Any, queryset: Pages) -> Pages:
    """Narrow a queryset of pages to those whose view restrictions a visitor passes.

    A search in such a queryset also finds the private pages that this visitor may see::

        results = visible_to(request, Page.objects.all()).search("budget", backend="hybrid")

    Who may see what is decided as Wagtail does when it serves a page: each restriction on the page, on a page above,
    and on the source of an alias among them must accept the request, by login, groups, or a password given in this
    session. It is one SQL clause however many restrictions there are.

    Drafts and expired pages are left out by the search, not by this function. The clause counts where every result
    must meet it: inside ``|`` or ``exclude()``, or in a subquery, the search stays public.

    Args:
        request: of the visitor, with ``user`` and ``session``; without them it is a visitor with no rights.
        queryset: of the page model or of any page type; not sliced.

    Raises:
        TypeError: the queryset is sliced.
    """
    return queryset.filter(IsPermitted(F("path"), refused_restrictions(request), for_visitor=True))


def _find_permission(where: Any) -> IsPermitted | None:
    """Return the clause of ``visible_to``, if every row must meet it."""
    if isinstance(where, WhereNode) and where.connector == AND and not where.negated:
        return next(filter(None, map(_find_permission, where.children)), None)
    if isinstance(where, Exact) and where.rhs is True and isinstance(where.lhs, IsPermitted) and where.lhs.for_visitor:
        return where.lhs
    return None
