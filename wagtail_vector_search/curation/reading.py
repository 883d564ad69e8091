"""What was chosen for a page, whichever way the page was loaded."""

from __future__ import annotations

from functools import cache
from typing import Any

import swapper

from .field import RelatedPagesField
from .value import RelatedPages


def read_choice(page: Any) -> RelatedPages:
    """Return what an editor has chosen among the pages related to a page.

    It costs one SQL statement for a base ``Page`` of a type that has the field, and none otherwise. In a preview, the
    page is the draft, and so is its choice.

    Args:
        page: of any type, saved or not.
    """
    if field := _field_of(type(page)):  # type: ignore[arg-type]
        return RelatedPages.read(getattr(page, field))
    if type(page)._meta.concrete_model is not _page_model() or not page.pk:
        return RelatedPages()
    model = page.specific_class
    field = _field_of(model) if model else ""
    return _read_stored(model, page, field) if field else RelatedPages()


def _read_stored(model: Any, page: Any, field: str) -> RelatedPages:
    stored = model._base_manager.using(page._state.db).filter(pk=page.pk).values_list(field, flat=True).first()
    return RelatedPages.read(stored)


def _page_model() -> Any:
    return swapper.load_model("wagtailcore", "Page")


@cache
def _field_of(model: Any) -> str:
    """Return the name of a page type's field, empty when it has none."""
    fields = model._meta.concrete_fields
    return next((field.name for field in fields if isinstance(field, RelatedPagesField)), "")
