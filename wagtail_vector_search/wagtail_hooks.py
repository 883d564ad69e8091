"""Puts the pages of ``admin/`` into Wagtail's own.

Every process imports this module when it starts, so what only some of them need is imported when it is first used.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLResolver, include, path
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .admin import urls
from .admin.menu import lab_menu_item, report_menu_item
from .admin.permissions import permissions_to_grant
from .admin.suggestions.feature import add_suggestions


@hooks.register("register_permissions")
def register_permissions() -> Any:
    """Offer the permissions on search in the form of a group."""
    return permissions_to_grant()


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLResolver]:
    """Serve the admin's pages on search, and add one to the page editor, which has no hook of its own for that."""
    from .admin.editor.panel import add_search_panel

    add_search_panel()
    return [path("search-index/", include(urls))]


@hooks.register("register_reports_menu_item")
def register_lab_menu_item() -> MenuItem:
    """Offer the search lab among the reports."""
    return lab_menu_item()


@hooks.register("register_reports_menu_item")
def register_report_menu_item() -> MenuItem:
    """Offer the report on the search index."""
    return report_menu_item()


@hooks.register("construct_homepage_panels")
def add_attention_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Show on the home page what about search needs attention."""
    from .admin.attention import AttentionPanel

    panels.append(AttentionPanel(request.user))


# After Wagtail's own features.
@hooks.register("register_rich_text_features", order=100)
def add_link_suggestions(features: Any) -> None:
    """Suggest pages where the rich text editor asks for a link."""
    add_suggestions(features)
