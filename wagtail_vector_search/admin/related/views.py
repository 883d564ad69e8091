"""The list of the panel, for a choice that may not be saved yet."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET
from wagtail.models import Locale

from ...curation import RelatedPages
from ...retrieval import page_model, related_pages
from ..permissions import explorable_pages
from .rows import Row, describe_chosen, describe_pages

#: Pages proposed beyond those that visitors see.
PROPOSED = 8
#: The most related pages that a panel shows as seen by visitors.
MOST_SHOWN = 50


@require_GET
def related(request: HttpRequest) -> HttpResponse:
    """Return the list: what visitors see for a choice, what could be pinned besides, and what is hidden.

    The query holds the ``choice`` as JSON, the ``limit`` of the panel, and the ``page``, if it is saved.
    """
    try:
        choice = RelatedPages.parse(request.GET.get("choice"))
        limit = max(0, min(int(request.GET.get("limit") or 5), MOST_SHOWN))
    except ValueError as error:
        return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
    page = _find_page(request)
    context = _build_context(page, choice, limit, request)
    return TemplateResponse(request, "wagtail_vector_search/admin/related/list.html", context)


def _find_page(request: HttpRequest) -> Any:
    """Return the page that is edited, ``None`` for one that is not saved yet.

    Raises:
        PermissionDenied: this editor may not edit it.
    """
    key = request.GET.get("page")
    if not key:
        return None
    if not key.isdecimal():
        raise Http404
    page = get_object_or_404(page_model(), pk=key)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return page


def _build_context(page: Any, choice: RelatedPages, limit: int, request: HttpRequest) -> dict[str, Any]:
    locale_id = page.locale_id if page else Locale.get_active().pk
    pinned = describe_chosen(choice.pinned, locale_id, request)
    hidden = describe_chosen(choice.hidden, locale_id, request)
    seen = max(0, limit - sum(1 for row in pinned.rows if row.is_shown))
    nearest = _find_nearest(page, choice, seen + PROPOSED, request)
    return {
        "page": page,
        "sees_all": getattr(request.user, "is_superuser", False),
        "pinned": pinned.rows,
        "automatic": nearest[:seen],
        "proposed": nearest[seen:],
        "hidden": hidden.rows,
        "deleted": [*pinned.deleted, *hidden.deleted],
    }


def _find_nearest(page: Any, choice: RelatedPages, limit: int, request: HttpRequest) -> list[Row]:
    if page is None:
        return []
    chosen = RelatedPages(hidden=(*choice.pinned, *choice.hidden))
    pages = explorable_pages(request.user)
    found = related_pages(page, limit=limit, queryset=pages, request=request, choice=chosen)
    return describe_pages(found, request.user)
