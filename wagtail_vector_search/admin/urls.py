"""Addresses of the admin's pages on search, below the admin's own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "wagtail_vector_search"

urlpatterns: list[URLPattern | URLResolver] = []
