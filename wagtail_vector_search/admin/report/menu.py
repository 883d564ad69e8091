"""The entry of the report in the menu of reports."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from ..permissions import VIEW_REPORT


class ReportMenuItem(MenuItem):
    """Shown to those who may see the report."""

    def __init__(self) -> None:
        super().__init__(
            _("Search index"),
            reverse("wagtail_vector_search:report"),
            name="search-index",
            icon_name="search",
            order=1300,
        )

    def is_shown(self, request: Any) -> bool:
        """Return whether the user may see the report."""
        return bool(request.user.has_perm(VIEW_REPORT))
