"""Who may see and do what in the admin: the permissions, and a guard for each kind of address.

Every address in ``urls`` names its guard. The views behind it assume that the guard has let the user through.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from wagtail.admin.auth import permission_required
from wagtail.permissions import page_permission_policy

from ..database.tables import PageKey, page_model
from ..models import Generation

View = Callable[..., HttpResponseBase]
Guard = Callable[[View], View]

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


may_view_report: Guard = permission_required(VIEW_REPORT)
may_reindex: Guard = permission_required(REINDEX)
may_use_lab: Guard = permission_required(USE_LAB)


def may_use_admin(view: View) -> View:
    """Let every user of the admin through: Wagtail itself sends all others to the login."""
    return view


def may_edit_page(view: View) -> View:
    """Let those through who may edit the page in the address; the view is given the page instead of its key."""

    @wraps(view)
    def guarded(request: HttpRequest, page_id: PageKey, **kwargs: Any) -> HttpResponseBase:
        page = get_object_or_404(page_model()._default_manager, pk=page_id).specific
        if not page.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        return view(request, page=page, **kwargs)

    return guarded
