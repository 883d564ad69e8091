"""The tab: pages to choose as in the explorer of the page chooser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.chooser import PageChooserTable, PageTitleColumn, shared_context

from ...retrieval import page_model
from ..permissions import explorable_pages
from .searching import Suggestion, read_writing, suggest_pages

#: The step that ``suggestions.js`` handles.
STEP = "suggested_pages"


@require_POST
def suggested_pages(request: HttpRequest) -> HttpResponse:
    """Return the pages nearest to a text that is being written; see ``read_writing`` for what is sent."""
    writing = read_writing(request)
    suggestions = suggest_pages(writing, request)
    context = {
        "table": _make_table(suggestions.found, request.user) if suggestions.found else None,
        "is_ready": suggestions.is_ready,
        "is_empty": not (writing.selected or writing.text),
    }
    template = "wagtail_vector_search/admin/suggestions/chooser.html"
    return render_modal_workflow(request, template, None, shared_context(request, context), json_data={"step": STEP})


def _make_table(found: Sequence[Suggestion], user: Any) -> PageChooserTable:
    pages = [suggestion.page for suggestion in found]
    sections = _sections(pages, user)
    for page, near in found:
        page.can_choose, page.is_parent_page, page.near = True, False, near
        page.section = sections.get(page.pk, "")
    return PageChooserTable(_COLUMNS, pages)


def _sections(pages: Sequence[Any], user: Any) -> dict[Any, str]:
    """Return the titles of the pages above, and keep these pages for the cells: one SQL statement for all rows."""
    step = page_model().steplen
    may_see = set(explorable_pages(user).values_list("pk", flat=True).filter(path__in=[p.path[:-step] for p in pages]))
    parents = {parent.path: parent for parent in page_model().objects.filter(path__in={p.path[:-step] for p in pages})}
    sections = {}
    for page in pages:
        parent = parents[page.path[:-step]]
        page._cached_parent_obj = parent
        if parent.pk in may_see and not parent.is_root():
            sections[page.pk] = parent.get_admin_display_title()
    return sections


_COLUMNS = [
    PageTitleColumn("title", label=_("Title")),
    Column("section", label=_("Section"), width="25%"),
    Column("near", label=_("Close to"), width="20%"),
]
