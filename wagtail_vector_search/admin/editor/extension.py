"""Puts the panel into Wagtail's page editor.

Wagtail 7.4 and 8.0 have no hook for side panels: the views decide in ``get_side_panels``. It is extended here, on the
two views themselves, so that projects with views of their own that inherit from them have the panel too.
"""

from __future__ import annotations

import logging
from functools import wraps
from typing import Any

from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView

from .panel import SearchSidePanel

logger = logging.getLogger(__name__)

_EXTENDED = "_has_search_panel"


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
        # A save in the background asks for the parts of the page that have changed: this one fetches its own.
        if not getattr(view, "expects_json_response", False):
            panels.append(SearchSidePanel(view.page, view.request))
        return panels

    setattr(get_side_panels, _EXTENDED, True)
    return get_side_panels
