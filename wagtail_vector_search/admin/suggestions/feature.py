"""Puts the tab into the rich text editor's link: the one place that depends on how Wagtail opens its chooser.

``suggestions.js`` wraps ``draftail.LinkModalWorkflowSource.getChooserConfig``, adds a link to the chooser's
``p.link-types``, and a handler for the step that the view returns. Where Wagtail has changed one of these, the editor's
links work as before, without the tab.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature

SCRIPT = "wagtail_vector_search/admin/suggestions.js"


def add_suggestions(features: Any) -> None:
    """Extend the feature "link" of Draftail.

    Args:
        features: Wagtail's registry of rich text features, after its own have been registered.
    """
    link = features.plugins_by_editor.get("draftail", {}).get("link")
    if isinstance(link, EntityFeature):
        link.js = [*link.js, SCRIPT]
        link.data["suggestedPages"] = {
            "url": reverse_lazy("wagtail_vector_search:suggested_pages"),
            "label": _("Suggested"),
        }
