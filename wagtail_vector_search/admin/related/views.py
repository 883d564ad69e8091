"""The list of the panel, for a choice that may not be saved yet. It names only pages in the editor's explorer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from wagtail.models import Locale

from ...curation import RelatedPages
from ...database.tables import PageKey
from ...retrieval import page_model, related_pages, visible_to
from ..permissions import explorable_pages

#: Pages proposed beyond those that visitors see.
PROPOSED = 8
#: The most related pages that a panel shows as seen by visitors.
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class RelatedRow:
    """One page of the panel."""

    #: Primary key of the page.
    page_id: PageKey
    #: As the explorer shows it; empty for a page that the editor may not see.
    title: str = ""
    #: Name of its type.
    page_type: str = ""
    #: Title of the page above it, if the editor may see that.
    section: str = ""
    #: What visitors see instead, or why they see nothing.
    note: str = ""
    #: Whether visitors see it, as far as the editor may know.
    is_shown: bool = True
    #: ``None`` when the editor may not see the page.
    page: Any = None


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """The pages that were pinned or hidden."""

    #: Of the pages that exist, in their order.
    rows: list[RelatedRow]
    #: Primary keys of deleted pages.
    deleted: list[int]


def describe_pages(pages: Sequence[Any], user: Any) -> list[RelatedRow]:
    """Return the rows of pages that the user may see in the explorer. One SQL statement.

    Args:
        pages: All of them explorable.
        user: The editor.
    """
    if not pages:
        return []
    step = page_model().steplen
    parents = explorable_pages(user).filter(path__in={page.path[:-step] for page in pages}, depth__gt=1)
    titles = {parent.path: parent.get_admin_display_title() for parent in parents}
    return [
        RelatedRow(
            page_id=page.pk,
            title=page.get_admin_display_title(),
            page_type=page.page_type_display_name,
            section=titles.get(page.path[:-step], ""),
            page=page,
        )
        for page in pages
    ]


def describe_chosen(keys: Sequence[int], locale_id: Any, request: Any) -> ChosenRows:
    """Return the rows of pages that were chosen. At most four SQL statements, however many pages there are.

    Args:
        keys: Primary keys of the pages, which may have been deleted.
        locale_id: Of the page that is edited.
        request: Of the editor.
    """
    found: dict[int, Any] = {}
    if keys:
        pages = page_model().objects.all()
        may_see = Exists(explorable_pages(request.user).filter(pk=OuterRef("pk")))
        is_open = Exists(visible_to(request, pages).filter(pk=OuterRef("pk")))
        chosen = pages.filter(pk__in=keys).select_related("locale").annotate(may_see=may_see, is_open=is_open)
        found = {page.pk: page for page in chosen}
    shown = [found[key] for key in keys if key in found and found[key].may_see]
    notes = _notes(shown, locale_id, request)
    named = {row.page_id: row for row in describe_pages(shown, request.user)}
    rows = [replace(named.get(key, RelatedRow(key)), **notes.get(key, {})) for key in keys if key in found]
    return ChosenRows(rows, [key for key in keys if key not in found])


def _notes(pages: Sequence[Any], locale_id: Any, request: Any) -> dict[int, dict[str, Any]]:
    """Return ``note`` and ``is_shown`` of the rows that an editor should know more about."""
    foreign = [page.translation_key for page in pages if locale_id and page.locale_id != locale_id]
    translated = {}
    if foreign:
        translations: QuerySet[Any] = explorable_pages(request.user).filter(
            Q(live=True, alias_of__isnull=True), translation_key__in=foreign, locale=locale_id
        )
        translated = {page.translation_key: page.get_admin_display_title() for page in translations}
    notes: dict[int, dict[str, Any]] = {}
    for page in pages:
        if translation := translated.get(page.translation_key):
            notes[page.pk] = {"note": _("Shown as its translation “%(title)s”") % {"title": translation}}
        elif not page.live:
            notes[page.pk] = {"note": _("Not published: visitors do not see it"), "is_shown": False}
        elif not page.is_open:
            notes[page.pk] = {"note": _("Private: visitors do not see it"), "is_shown": False}
    return notes


@require_GET
def related(request: HttpRequest, page: Any = None) -> HttpResponse:
    """Return the list: what visitors see for a choice, what else could be pinned, and what is hidden.

    The query holds the ``choice`` as JSON, and the ``limit`` of the panel.

    Args:
        request: Of the editor.
        page: The page that is edited; ``None`` for one that is not saved yet.
    """
    try:
        choice = RelatedPages.parse(request.GET.get("choice"))
        limit = max(0, min(int(request.GET.get("limit") or 5), MOST_SHOWN))
    except ValueError as error:
        return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
    locale_id = page.locale_id if page else Locale.get_active().pk
    pinned = describe_chosen(choice.pinned, locale_id, request)
    hidden = describe_chosen(choice.hidden, locale_id, request)
    seen = max(0, limit - sum(1 for row in pinned.rows if row.is_shown))
    nearest: list[RelatedRow] = []
    if page is not None:
        chosen, pages = RelatedPages(hidden=(*choice.pinned, *choice.hidden)), explorable_pages(request.user)
        found = related_pages(page, limit=seen + PROPOSED, queryset=pages, request=request, choice=chosen)
        nearest = describe_pages(found, request.user)
    context = {
        "page": page,
        "sees_all": getattr(request.user, "is_superuser", False),
        "pinned": pinned.rows,
        "automatic": nearest[:seen],
        "proposed": nearest[seen:],
        "hidden": hidden.rows,
        "deleted": [*pinned.deleted, *hidden.deleted],
    }
    return TemplateResponse(request, "wagtail_vector_search/admin/related/list.html", context)
