"""Addresses of the report; each asks for the permission that it takes."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail.admin.auth import permission_required

from ..permissions import REINDEX, VIEW_REPORT
from .reindex import ReindexView
from .views import SearchIndexReportView

may_view = permission_required(VIEW_REPORT)
may_reindex = permission_required(REINDEX)

urlpatterns: list[URLPattern] = [
    path("", may_view(SearchIndexReportView.as_view()), name="report"),
    path("results/", may_view(SearchIndexReportView.as_view(results_only=True)), name="report_results"),
    path("reindex/", may_reindex(ReindexView.as_view()), name="reindex"),
]
