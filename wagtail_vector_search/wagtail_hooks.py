"""Puts the pages of ``admin/`` into Wagtail's own."""

from __future__ import annotations

from typing import Any

from django.urls import URLResolver, include, path
from wagtail import hooks

from .admin import urls
from .admin.permissions import permissions_to_grant


@hooks.register("register_permissions")
def register_permissions() -> Any:
    """Let permissions on search be given to groups."""
    return permissions_to_grant()


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLResolver]:
    """Serve the admin's pages on search."""
    return [path("search-index/", include(urls))]
