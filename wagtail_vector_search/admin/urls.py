"""Addresses of the admin's pages on search, below the admin's own: each with its guard and its view.

A view is imported when it is first visited: every process loads the addresses, and few are asked for a page.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from django.db.transaction import non_atomic_requests
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, register_converter

from .page_keys import PageKeyConverter
from .permissions import Guard, View, may_edit_page, may_reindex, may_use_admin, may_use_lab, may_view_report
from .unreadable import with_notice

app_name = "wagtail_vector_search"

register_converter(PageKeyConverter, "page_key")


def _address(
    route: str,
    name: str,
    guard: Guard,
    dotted: str,
    *,
    in_transaction: bool = True,
    is_page: bool = False,
    **options: Any,
) -> URLPattern:
    """Return an address.

    Args:
        route: As for ``path``.
        name: As for ``path``.
        guard: Lets users through, or not.
        dotted: Module and name of a function or class, from this package on.
        in_transaction: Whether ``ATOMIC_REQUESTS`` counts here.
        is_page: Whether the view answers with a page of the admin, rather than with a part of one.
        options: For the ``as_view`` of a class.
    """
    module, _, attribute = dotted.rpartition(".")

    @cache
    def load() -> View:
        found: Any = getattr(import_module(module, __package__), attribute)
        view: View = found.as_view(**options) if hasattr(found, "as_view") else found
        return view

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return load()(request, *args, **kwargs)

    guarded = guard(with_notice(view, is_page=is_page))
    return path(route, guarded if in_transaction else non_atomic_requests(guarded), name=name)


urlpatterns: list[URLPattern] = [
    # The side panel of the page editor. A provider may take its time with a draft: no transaction waits for it.
    _address("pages/<page_key:page_id>/", "editor_page", may_edit_page, ".editor.views.PageView"),
    _address("pages/<page_key:page_id>/question/", "editor_question", may_edit_page, ".editor.views.QuestionView"),
    _address(
        "pages/<page_key:page_id>/draft/",
        "editor_draft",
        may_edit_page,
        ".editor.views.DraftView",
        in_transaction=False,
    ),
    _address(
        "pages/<page_key:page_id>/draft/question/",
        "editor_draft_question",
        may_edit_page,
        ".editor.views.DraftQuestionView",
        in_transaction=False,
    ),
    # The panel of related pages, of a page that is saved and of a new one.
    _address("related/<page_key:page_id>/", "related", may_edit_page, ".related.views.related"),
    _address("related/", "related", may_use_admin, ".related.views.related"),
    # The page chooser.
    _address("suggested-pages/", "suggested_pages", may_use_admin, ".suggestions.views.suggested_pages"),
    # The report.
    _address("report/", "report", may_view_report, ".report.views.SearchIndexReportView", is_page=True),
    _address(
        "report/results/",
        "report_results",
        may_view_report,
        ".report.views.SearchIndexReportView",
        results_only=True,
    ),
    _address("report/reindex/", "reindex", may_reindex, ".report.reindex.ReindexView"),
    # The search lab.
    _address("lab/", "lab", may_use_lab, ".lab.views.LabView", is_page=True),
    _address("lab/both/", "lab_both", may_use_lab, ".lab.views.both_view"),
    _address("lab/judgments/", "lab_judgments", may_use_lab, ".lab.views.judgments_view"),
    _address("lab/figures/", "lab_figures", may_use_lab, ".lab.views.figures_view"),
]
