"""The panel on the home page. Nothing to say, nothing to see."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.forms import Media
from django.utils.functional import cached_property
from wagtail.admin.ui.components import Component

from ..permissions import VIEW_REPORT
from .attention import Notice, find_notices

logger = logging.getLogger(__name__)


class AttentionPanel(Component):
    """What about search needs attention; for those who may see the report."""

    name = "search_attention"
    template_name = "wagtail_vector_search/admin/home/panel.html"
    order = 150

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def notices(self) -> list[Notice]:
        """What to say. Never raises: whatever is broken, the home page is where somebody starts to mend it."""
        try:
            return find_notices(self.user) if self.user.has_perm(VIEW_REPORT) else []
        except Exception:
            logger.exception("What needs attention about search could not be found out.")
            return []

    @property
    def media(self) -> Media:
        """The styles, where there is something to be seen."""
        return Media(css={"all": ["wagtail_vector_search/admin/notices.css"]}) if self.notices else Media()

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return what the template shows."""
        return {"notices": self.notices}
