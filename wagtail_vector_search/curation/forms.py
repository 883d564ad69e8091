"""The form field of a ``RelatedPagesField``: JSON, read strictly."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .value import RelatedPages


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
