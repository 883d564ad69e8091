"""The panel of a ``RelatedPagesField`` in the page editor. Page models import it, so it imports no model itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.compare import FieldComparison, TextDiff
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import AdminPageChooser

from ...curation import RelatedPages
from ...database.tables import PageKey


class RelatedPagesWidget(forms.HiddenInput):
    """Holds the choice as JSON in a hidden input, and shows it as a list that is loaded after the editor."""

    template_name = "wagtail_vector_search/admin/related/widget.html"
    is_hidden = False
    #: The page that is edited; ``None`` for one that is not saved yet.
    page_id: PageKey = None
    #: How many related pages visitors see.
    limit = 5

    def id_for_label(self, id_: Any, index: Any = None) -> Any:
        """The input is hidden, so that the label of the panel belongs to none."""
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the addresses of the list and of the page chooser."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["page_id"], context["limit"] = self.page_id, self.limit
        context["list_url"] = reverse("wagtail_vector_search:related", args=[self.page_id] if self.page_id else [])
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


class RelatedPagesComparison(FieldComparison):
    """Names the pages that were pinned and hidden, before and after.

    Args:
        field: The ``RelatedPagesField``.
        obj_a: The page before.
        obj_b: The page after.
        user: Reads the comparison; pages that the user may not see in the explorer are not named.
    """

    def __init__(self, field: Any, obj_a: Any, obj_b: Any, user: Any = None) -> None:
        super().__init__(field, obj_a, obj_b)
        self.val_a = RelatedPages.read(field.value_from_object(obj_a))
        self.val_b = RelatedPages.read(field.value_from_object(obj_b))
        self.user = user

    def htmldiff(self) -> SafeString:
        """Return the pinned and the hidden pages, a line each, with what was removed and added."""
        before, after = self.val_a, self.val_b
        names = self._names({*before.pinned, *before.hidden, *after.pinned, *after.hidden})
        lines = (
            (_("Pinned"), _compare(before.pinned, after.pinned, names)),
            (_("Hidden"), _compare(before.hidden, after.hidden, names)),
        )
        return format_html_join("", "<p>{}: {}</p>", [line for line in lines if line[1]]) or format_html("")

    def _names(self, keys: set[int]) -> dict[int, str]:
        # Page models import this module before the models of permissions are loaded.
        from ..permissions import explorable_pages

        if not keys or self.user is None:
            return {}
        pages = explorable_pages(self.user).filter(pk__in=keys)
        return {page.pk: page.get_admin_display_title() for page in pages}


def _compare(before: tuple[int, ...], after: tuple[int, ...], names: dict[int, str]) -> str:
    def listed(keys: tuple[int, ...]) -> str:
        return ", ".join(names.get(key) or _("a page you cannot see") for key in keys)

    if before == after:
        return listed(after)
    changes = (("deletion", listed(before)), ("addition", listed(after)))
    return str(TextDiff([change for change in changes if change[1]], separator=" ").to_html())


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
        """Return the choice as text, for a panel that is read only."""
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
            """Return the comparison of two revisions: it names the pages that this editor may see."""
            if not self.is_shown():
                return []
            return [partial(RelatedPagesComparison, self.panel.db_field, user=getattr(self.request, "user", None))]
