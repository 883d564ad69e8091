"""Which view restrictions a visitor does not pass: ``PageViewRestriction.accept_request``, as a query."""

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
    refused = Q(restriction_type=PageViewRestriction.PASSWORD) & ~Q(pk__in=_passed(request))
    if user is None or not user.is_authenticated:
        refused |= Q(restriction_type__in=[PageViewRestriction.LOGIN, PageViewRestriction.GROUPS])
    elif not getattr(user, "is_superuser", False):
        refused |= Q(restriction_type=PageViewRestriction.GROUPS) & ~_shares_a_group(user)
    # The page of an alias takes its restrictions from its source; rows of its own do not count.
    return PageViewRestriction.objects.filter(refused, page__alias_of__isnull=True).query


def _passed(request: Any) -> list[int]:
    session = getattr(request, "session", None) or {}
    passed = session.get(PageViewRestriction.passed_view_restrictions_session_key) or []
    return sorted({key for key in passed if type(key) is int and 0 < key <= _LARGEST_KEY})


def _shares_a_group(user: Any) -> Q:
    # Not correlated: PostgreSQL reads the groups once, and knows that it does.
    groups = PageViewRestriction.groups.through._default_manager
    return Q(pk__in=groups.filter(group__in=user.groups.values("pk")).values("pageviewrestriction"))
