"""The view restrictions that a visitor does not pass: ``PageViewRestriction.accept_request`` as a query."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.sql import Query
from wagtail.models import PageViewRestriction

#: Wagtail's session key holds primary keys; any other value in it is ignored.
_LARGEST_KEY = 2**63 - 1


def all_restrictions() -> Query:
    """Return the restrictions that a visitor without any rights does not pass: all of them."""
    return PageViewRestriction.objects.all().query


def refused_restrictions(request: Any) -> Query:
    """Return the restrictions that do not accept a request. Runs no SQL.

    Args:
        request: with ``user`` and ``session``; without them it is a visitor with no rights.
    """
    user = getattr(request, "user", None)
    session = getattr(request, "session", None) or {}
    stored = session.get(PageViewRestriction.passed_view_restrictions_session_key) or []
    passed = sorted({key for key in stored if type(key) is int and 0 < key <= _LARGEST_KEY})
    refused = Q(restriction_type=PageViewRestriction.PASSWORD) & ~Q(pk__in=passed)
    if user is None or not user.is_authenticated:
        refused |= Q(restriction_type__in=[PageViewRestriction.LOGIN, PageViewRestriction.GROUPS])
    elif not getattr(user, "is_superuser", False):
        # Not correlated: PostgreSQL reads the groups once, and knows that it does.
        groups = PageViewRestriction.groups.through._default_manager
        shared = groups.filter(group__in=user.groups.values("pk")).values("pageviewrestriction")
        refused |= Q(restriction_type=PageViewRestriction.GROUPS) & ~Q(pk__in=shared)
    # The page of an alias takes its restrictions from its source; rows of its own do not count.
    return PageViewRestriction.objects.filter(refused, page__alias_of__isnull=True).query
