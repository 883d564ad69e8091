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
    """Return the rows, whose cells cost no statement: the pages above them are read here. Two statements."""
    pages, step = [suggestion.page for suggestion in found], page_model().steplen
    above = {page.path[:-step] for page in pages}
    may_see = set(explorable_pages(user).values_list("pk", flat=True).filter(path__in=above))
    parents = {parent.path: parent for parent in page_model().objects.filter(path__in=above)}
    for page, near in found:
        page._cached_parent_obj = parent = parents[page.path[:-step]]
        page.can_choose, page.is_parent_page, page.near = True, False, near
        page.section = parent.get_admin_display_title() if parent.pk in may_see and not parent.is_root() else ""
    return PageChooserTable(_COLUMNS, pages)


_COLUMNS = [
    PageTitleColumn("title", label=_("Title")),
    Column("section", label=_("Section"), width="25%"),
    Column("near", label=_("Close to"), width="20%"),
]
