"""Addresses of the admin's pages on search, below the admin's own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from .deferred import deferred
from .editor import urls as editor_urls
from .lab import urls as lab_urls
from .report import urls as report_urls

app_name = "wagtail_vector_search"

urlpatterns: list[URLPattern | URLResolver] = [
    *editor_urls.urlpatterns,
    path("report/", include(report_urls.urlpatterns)),
    path("lab/", include(lab_urls.urlpatterns)),
    path("related/", deferred(".related.views", "related"), name="related"),
    path("suggested-pages/", deferred(".suggestions.views", "suggested_pages"), name="suggested_pages"),
]
