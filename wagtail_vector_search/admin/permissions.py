"""Who may see and do what in the admin; every view asks here."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from wagtail.permissions import page_permission_policy

from ..models import Generation

_APP = Generation._meta.app_label

#: See the report on the index, and what needs attention on the home page.
VIEW_REPORT = f"{_APP}.view_search_report"
#: Have pages indexed again.
REINDEX = f"{_APP}.reindex_pages"
#: Use the search lab.
USE_LAB = f"{_APP}.use_search_lab"
#: See in the search lab what another user finds.
SEARCH_AS_OTHERS = f"{_APP}.search_as_others"


def permissions_to_grant() -> QuerySet[Permission]:
    """Return the permissions that the form of a group offers."""
    codenames = [codename for codename, _ in Generation._meta.permissions]
    return Permission.objects.filter(content_type__app_label=_APP, codename__in=codenames)


def explorable_pages(user: Any) -> QuerySet[Any]:
    """Return the pages that a user may see in the explorer: no list, count, suggestion or export goes beyond them."""
    pages: QuerySet[Any] = page_permission_policy.explorable_instances(user)
    return pages
