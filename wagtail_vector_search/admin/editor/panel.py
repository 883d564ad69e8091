"""The side panel "Search" of Wagtail's page editor: a place that is filled when an editor opens it.

Wagtail 7.4 and 8.0 have no hook for side panels: the views decide in ``get_side_panels``. It is extended here, on the
two views themselves, so that projects with views of their own that inherit from them have the panel too.
"""

from __future__ import annotations

import logging
from functools import wraps
from typing import Any

from django.forms import Media
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView

logger = logging.getLogger(__name__)

_EXTENDED = "_has_search_panel"


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
        """Add the address that the panel is filled from; there is none before the page has been saved."""
        context: dict[str, Any] = super().get_context_data(parent_context)
        if self.object.pk:
            context["url"] = reverse("wagtail_vector_search:editor_page", args=[self.object.pk])
        return context


def add_search_panel() -> None:
    """Let the views that edit and create pages offer the panel. Calling it again changes nothing."""
    for view in (EditView, CreateView):
        original = getattr(view, "get_side_panels", None)
        if original is None:
            logger.warning("%s has no get_side_panels: this version of Wagtail shows no search panel.", view.__name__)
        elif not hasattr(original, _EXTENDED):
            view.get_side_panels = _with_search_panel(original)


def _with_search_panel(original: Any) -> Any:
    @wraps(original)
    def get_side_panels(view: Any) -> Any:
        panels = original(view)
        # A save in the background asks for the parts of the page that have changed; the panel fetches its own.
        if not getattr(view, "expects_json_response", False):
            panels.append(SearchSidePanel(view.page, view.request))
        return panels

    setattr(get_side_panels, _EXTENDED, True)
    return get_side_panels
