"""Addresses of the report; each asks for the permission that it takes."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail.admin.auth import permission_required

from ..deferred import deferred
from ..permissions import REINDEX, VIEW_REPORT

may_view = permission_required(VIEW_REPORT)
may_reindex = permission_required(REINDEX)

urlpatterns: list[URLPattern] = [
    path("", may_view(deferred(".report.views", "SearchIndexReportView")), name="report"),
    path(
        "results/",
        may_view(deferred(".report.views", "SearchIndexReportView", results_only=True)),
        name="report_results",
    ),
    path("reindex/", may_reindex(deferred(".report.reindex", "ReindexView")), name="reindex"),
]
