"""The model field that keeps what an editor has chosen among related pages, its form field, and how it is read.

Being a field of the page it is part of revisions, drafts, previews, copies and translations, and costs a publish no
statement of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import swapper
from django import forms
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from .value import RelatedPages

#: Options that every field has, which a migration need not repeat.
_ALWAYS = (("blank", True), ("default", RelatedPages))


class RelatedPagesFormField(forms.Field):
    """Reads and writes ``{"pinned": [3, 1], "hidden": [2]}``."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> RelatedPages:
        """Return the choice that was sent.

        Raises:
            ValidationError: it cannot be read; the message says what is wrong.
        """
        try:
            return RelatedPages.parse(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def prepare_value(self, value: Any) -> str:
        """Return what the widget shows; after an error, what was sent."""
        return value if isinstance(value, str) else json.dumps(RelatedPages.read(value).as_json())

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether another choice was sent."""
        try:
            return RelatedPages.read(initial) != RelatedPages.parse(data)
        except ValueError:
            return True


class RelatedPagesField(models.JSONField):
    """The pages that an editor has pinned or hidden among those related to a page; its value is a ``RelatedPages``.

    Add it to a page model, with ``RelatedPagesPanel`` to edit it; ``related_pages`` honours it::

        related = RelatedPagesField(_("related pages"))

    A page type has one such field.
    """

    description = _("Pinned and hidden related pages")

    def __init__(self, verbose_name: Any = None, name: Any = None, **options: Any) -> None:
        super().__init__(verbose_name, name, **{"blank": True, "default": RelatedPages, **options})

    def deconstruct(self) -> Any:
        """Return what a migration writes: without the options that every field has, and with the public import path."""
        name, _path, args, options = super().deconstruct()
        options = {key: value for key, value in options.items() if (key, value) not in _ALWAYS}
        return name, "wagtail_vector_search.curation.RelatedPagesField", args, options

    def to_python(self, value: Any) -> RelatedPages:
        """Read a value strictly, from a form, a revision or code.

        Raises:
            ValidationError: it is no choice of pages.
        """
        try:
            return RelatedPages.parse(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the stored value. It raises no error, as a visitor would meet it."""
        loaded = super().from_db_value(value, expression, connection)
        return loaded if isinstance(expression, KeyTransform) else RelatedPages.read(loaded)

    def get_prep_value(self, value: Any) -> Any:
        """Return what is stored."""
        return super().get_prep_value(value.as_json() if isinstance(value, RelatedPages) else value)

    def value_to_string(self, obj: Any) -> Any:
        """Return what fixtures and revisions hold."""
        return RelatedPages.read(self.value_from_object(obj)).as_json()

    def validate(self, value: RelatedPages, model_instance: Any) -> None:
        """Refuse a page that is related to itself."""
        models.Field.validate(self, value, model_instance)
        if model_instance is not None and model_instance.pk in value.pinned:
            raise ValidationError(_("A page cannot be related to itself."), code="itself")

    def formfield(self, **options: Any) -> Any:
        """Return a form field that reads and writes JSON; ``RelatedPagesPanel`` brings the widget for editors."""
        return models.Field.formfield(self, **{"form_class": RelatedPagesFormField, **options})

    def extract_references(self, value: Any) -> Iterator[tuple[Any, str, str, str]]:
        """Yield the pinned pages for Wagtail's reference index, which shows their usage."""
        page_model = swapper.load_model("wagtailcore", "Page")
        for key in RelatedPages.read(value).pinned:
            yield page_model, str(key), "pinned", f"pinned.{key}"

    def check(self, **options: Any) -> list[CheckMessage]:
        """Check that the model is a page type and has no other such field."""
        messages: list[CheckMessage] = [*super().check(**options)]
        fields = [field for field in self.model._meta.fields if isinstance(field, RelatedPagesField)]
        if not issubclass(self.model, swapper.load_model("wagtailcore", "Page")):
            text = "A RelatedPagesField belongs on a page model."
            messages.append(Error(text, obj=self, id="wagtail_vector_search.E011"))
        elif fields[0] is not self:
            text = f"{self.model.__name__} has more than one RelatedPagesField."
            hint = f'Remove "{self.name}", or "{fields[0].name}".'
            messages.append(Error(text, hint=hint, obj=self, id="wagtail_vector_search.E012"))
        return messages


def read_choice(page: Any) -> RelatedPages:
    """Return what an editor has chosen among the pages related to a page.

    It costs one SQL statement for a base ``Page`` of a type that has the field, and none otherwise. In a preview, the
    page is the draft, and so is its choice.

    Args:
        page: of any type, saved or not.
    """
    if field := _field_of(page.__class__):
        return RelatedPages.read(getattr(page, field))
    if page._meta.concrete_model is not swapper.load_model("wagtailcore", "Page") or not page.pk:
        return RelatedPages()
    model = page.specific_class
    field = _field_of(model) if model else ""
    if not field:
        return RelatedPages()
    stored = model._base_manager.using(page._state.db).filter(pk=page.pk).values_list(field, flat=True).first()
    return RelatedPages.read(stored)


@cache
def _field_of(model: Any) -> str:
    """Return the name of a page type's field, empty when it has none."""
    fields = model._meta.concrete_fields
    return next((field.name for field in fields if isinstance(field, RelatedPagesField)), "")
