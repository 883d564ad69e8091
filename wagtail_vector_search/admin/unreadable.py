"""What the admin shows of an index that the database refuses to read, in place of an error page."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.db import connections, router
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from ..database.obstacles import Cause, find_obstacle
from ..health import UnreadableError, reading
from ..models import Generation
from .permissions import VIEW_REPORT, View

_TEMPLATES = "wagtail_vector_search/admin"


def with_notice(view: View, *, is_page: bool) -> View:
    """Let a view say that the index cannot be read, whatever the database refuses.

    Args:
        view: reads the index.
        is_page: whether it answers with a page of the admin; else with a part of one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with reading(_using()):
                response: Any = view(request, *args, **kwargs)
                # The template reads, too.
                return response.render() if hasattr(response, "render") else response
        except UnreadableError as error:
            technical = describe_obstacle() or str(error)
            context = {
                "page_title": _("Search"),
                "header_title": _("Search"),
                "technical": technical if request.user.has_perm(VIEW_REPORT) else "",
            }
            name = "unreadable.html" if is_page else "unreadable_part.html"
            return TemplateResponse(request, f"{_TEMPLATES}/{name}", context)

    return guarded


def describe_obstacle() -> str:
    """Return what keeps the index from being read, for a developer; empty where nothing does, or nothing was set up."""
    obstacle = find_obstacle(connections[_using()])
    if obstacle is None or obstacle.cause in (Cause.NOT_POSTGRESQL, Cause.NOT_MIGRATED):
        return ""
    return str(obstacle)


def _using() -> str:
    return router.db_for_read(Generation) or "default"
