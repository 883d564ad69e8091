"""How two revisions of a page differ in the related pages that were chosen."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.compare import FieldComparison, TextDiff

from ...curation import RelatedPages


class RelatedPagesComparison(FieldComparison):
    """Names the pages that were pinned and hidden, before and after.

    Args:
        field: the ``RelatedPagesField``.
        obj_a: the page before.
        obj_b: the page after.
        user: who looks at it; pages that they may not see in the explorer are not named.
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
        # Page models import this module before there is any permission to ask for.
        from ..permissions import explorable_pages

        if not keys or self.user is None:
            return {}
        pages = explorable_pages(self.user).filter(pk__in=keys)
        return {page.pk: page.get_admin_display_title() for page in pages}


def _compare(before: tuple[int, ...], after: tuple[int, ...], names: dict[int, str]) -> str:
    def listed(keys: tuple[int, ...]) -> str:
        return ", ".join(names.get(key) or _("a page you may not see") for key in keys)

    if before == after:
        return listed(after)
    changes = (("deletion", listed(before)), ("addition", listed(after)))
    return str(TextDiff([change for change in changes if change[1]], separator=" ").to_html())
