"""The entries in the menu of reports."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from .permissions import USE_LAB, VIEW_REPORT


class _GuardedMenuItem(MenuItem):
    """Shown to users who have a permission."""

    def __init__(self, label: str | Promise, url_name: str, permission: str, **options: Any) -> None:
        super().__init__(label, reverse(f"wagtail_vector_search:{url_name}"), **options)
        self.permission = permission

    def is_shown(self, request: Any) -> bool:
        """Return whether the user has the permission."""
        return bool(request.user.has_perm(self.permission))


def report_menu_item() -> MenuItem:
    """Return the entry of the report."""
    return _GuardedMenuItem(
        _("Search index"), "report", VIEW_REPORT, name="search-index", icon_name="search", order=1300
    )


def lab_menu_item() -> MenuItem:
    """Return the entry of the search lab."""
    return _GuardedMenuItem(_("Search lab"), "lab", USE_LAB, name="search-lab", icon_name="glasses", order=1310)
