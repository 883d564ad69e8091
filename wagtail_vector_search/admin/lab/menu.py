"""The entry of the lab in the menu of reports."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from ..permissions import USE_LAB


class LabMenuItem(MenuItem):
    """Shown to those who may use the lab."""

    def __init__(self) -> None:
        super().__init__(
            _("Search lab"), reverse("wagtail_vector_search:lab"), name="search-lab", icon_name="glasses", order=1310
        )

    def is_shown(self, request: Any) -> bool:
        """Return whether the user may use the lab."""
        return bool(request.user.has_perm(USE_LAB))
