"""The side panel itself: a place that is filled once it is opened."""

from __future__ import annotations

from typing import Any

from django.forms import Media
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.side_panels import BaseSidePanel


class SearchSidePanel(BaseSidePanel):
    """What search makes of the page that is being edited. Rendering it costs no SQL statement."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """Opens and closes the panel."""

        aria_label = _("Toggle search")
        icon_name = "search"
        has_counter = False

    name = "wagtail_vector_search"
    title = _("Search")
    template_name = "wagtail_vector_search/admin/editor/panel.html"
    order = 375

    @property
    def media(self) -> Media:
        """The script that fills the panel, and its styles."""
        return Media(
            js=[versioned_static("wagtail_vector_search/admin/editor.js")],
            css={"all": [versioned_static("wagtail_vector_search/admin/editor.css")]},
        )

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Add the address that the panel is filled from; there is none while the page has not been saved."""
        context: dict[str, Any] = super().get_context_data(parent_context)
        if self.object.pk:
            context["url"] = reverse("wagtail_vector_search:editor_page", args=[self.object.pk])
        return context
