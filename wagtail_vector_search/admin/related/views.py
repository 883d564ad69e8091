"""The list of the panel, for a choice that may not be saved yet. It names only pages in the editor's explorer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    above = _titles_above(pages, user)
    return [
        RelatedRow(
            page.pk, page.get_admin_display_title(), page.page_type_display_name, above.get(page.path, ""), page=page
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
    found = _find(keys, request) if keys else {}
    shown = [found[key] for key in keys if key in found and found[key].may_see]
    notes = _notes(shown, locale_id, request)
    named = {row.page_id: row for row in describe_pages(shown, request.user)}
    rows = [replace(named.get(key, RelatedRow(key)), **notes.get(key, {})) for key in keys if key in found]
    return ChosenRows(rows, [key for key in keys if key not in found])


def _find(keys: Sequence[int], request: Any) -> dict[int, Any]:
    model = page_model()
    may_see = Exists(explorable_pages(request.user).filter(pk=OuterRef("pk")))
    is_open = Exists(visible_to(request, model.objects.all()).filter(pk=OuterRef("pk")))
    pages = model.objects.filter(pk__in=keys).select_related("locale")
    return {page.pk: page for page in pages.annotate(may_see=may_see, is_open=is_open)}


def _titles_above(pages: Iterable[Any], user: Any) -> dict[str, str]:
    """Return by the path of each page the title of the page above it."""
    step = page_model().steplen
    above = {page.path: page.path[:-step] for page in pages}
    if not above:
        return {}
    parents = explorable_pages(user).filter(path__in=set(above.values()), depth__gt=1)
    titles = {parent.path: parent.get_admin_display_title() for parent in parents}
    return {path: titles.get(parent, "") for path, parent in above.items()}


def _notes(pages: Sequence[Any], locale_id: Any, request: Any) -> dict[int, dict[str, Any]]:
    """Return ``note`` and ``is_shown`` of the rows that an editor should know more about."""
    translated = _translations(pages, locale_id, request)
    notes: dict[int, dict[str, Any]] = {}
    for page in pages:
        if translation := translated.get(page.translation_key):
            notes[page.pk] = {"note": _("Shown as its translation “%(title)s”") % {"title": translation}}
        elif not page.live:
            notes[page.pk] = {"note": _("Not published: visitors do not see it"), "is_shown": False}
        elif not page.is_open:
            notes[page.pk] = {"note": _("Private: visitors do not see it"), "is_shown": False}
    return notes


def _translations(pages: Sequence[Any], locale_id: Any, request: Any) -> dict[Any, str]:
    foreign = [page.translation_key for page in pages if locale_id and page.locale_id != locale_id]
    if not foreign:
        return {}
    found: QuerySet[Any] = explorable_pages(request.user).filter(
        Q(live=True, alias_of__isnull=True), translation_key__in=foreign, locale=locale_id
    )
    return {page.translation_key: page.get_admin_display_title() for page in found}


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
    context = _build_context(page, choice, limit, request)
    return TemplateResponse(request, "wagtail_vector_search/admin/related/list.html", context)


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


def _find_nearest(page: Any, choice: RelatedPages, limit: int, request: HttpRequest) -> list[RelatedRow]:
    if page is None:
        return []
    chosen = RelatedPages(hidden=(*choice.pinned, *choice.hidden))
    pages = explorable_pages(request.user)
    found = related_pages(page, limit=limit, queryset=pages, request=request, choice=chosen)
    return describe_pages(found, request.user)
