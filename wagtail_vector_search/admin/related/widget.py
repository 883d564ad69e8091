"""The widget of a ``RelatedPagesField``. Its list is loaded after the editor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.widgets import Script
from django.urls import reverse
from wagtail.admin.widgets import AdminPageChooser


class RelatedPagesWidget(forms.HiddenInput):
    """Holds the choice as JSON in an input that a list of pages is shown for."""

    template_name = "wagtail_vector_search/admin/related/widget.html"
    is_hidden = False
    #: The page that is edited; ``None`` for one that is not saved yet.
    page_id: Any = None
    #: How many related pages visitors see.
    limit = 5

    def id_for_label(self, id_: Any, index: Any = None) -> Any:
        """The input is hidden, so that the label of the panel belongs to none."""
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add where the list and the page chooser are found."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["page_id"], context["limit"] = self.page_id, self.limit
        context["list_url"] = reverse("wagtail_vector_search:related")
        context["chooser_url"] = reverse("wagtailadmin_choose_page")
        context["page_type"] = AdminPageChooser().model_names[0]
        return context

    @property
    def media(self) -> forms.Media:
        """Wagtail's page chooser, and the list."""
        own = forms.Media(
            css={"all": ["wagtail_vector_search/admin/related.css"]},
            js=[Script("wagtail_vector_search/admin/related.js", type="module")],  # type: ignore[list-item]
        )
        return AdminPageChooser().media + own
