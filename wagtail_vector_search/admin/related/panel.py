"""The panel of the page editor. Page models import it, so it imports no model itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.panels import FieldPanel

from ...curation import RelatedPages
from .comparison import RelatedPagesComparison
from .widget import RelatedPagesWidget


class RelatedPagesPanel(FieldPanel):
    """Edits a ``RelatedPagesField``: shows the pages related to a page, to pin, order or hide them.

    Args:
        field_name: The ``RelatedPagesField`` of the page model.
        limit: How many related pages the template of the page shows.
        options: As for ``FieldPanel``.
    """

    def __init__(self, field_name: str, limit: int = 5, **options: Any) -> None:
        options["widget"] = options.get("widget") or RelatedPagesWidget()
        super().__init__(field_name, **options)
        self.limit = limit

    def clone_kwargs(self) -> dict[str, Any]:
        """Return the arguments of an equal panel."""
        return {**super().clone_kwargs(), "limit": self.limit}

    def format_value_for_display(self, value: RelatedPages) -> str:
        """Return what is shown of a choice where it can only be read."""
        return _("%(pinned)s pinned, %(hidden)s hidden") % {"pinned": len(value.pinned), "hidden": len(value.hidden)}

    class BoundPanel(FieldPanel.BoundPanel):
        """The panel of one page."""

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            if self.bound_field is not None:
                widget = self.bound_field.field.widget
                widget.page_id, widget.limit = self.instance.pk, self.panel.limit

        @property
        def icon(self) -> str:
            """The icon beside the heading."""
            return self.panel.icon or "link"

        def get_comparison(self) -> list[Callable[..., RelatedPagesComparison]]:
            """Return how two revisions are compared: with the names of the pages that this editor may see."""
            if not self.is_shown():
                return []
            return [partial(RelatedPagesComparison, self.panel.db_field, user=getattr(self.request, "user", None))]
