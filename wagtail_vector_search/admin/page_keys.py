"""Primary keys of pages as text: in addresses, forms and files. Whole numbers, unless the page model was swapped."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from ..database.tables import page_model


def read_page_key(text: str) -> Any:
    """Return the primary key in a text.

    Raises:
        ValueError: it cannot be the key of a page.
    """
    try:
        return page_model()._meta.pk.to_python(text)
    except ValidationError as error:
        raise ValueError(f"{text[:50]!r} is not the key of a page.") from error


class PageKeyConverter:
    """The key of a page as a part of an address."""

    regex = "[^/]+"

    def to_python(self, value: str) -> Any:
        """Return the key; ``ValueError`` makes Django look for another address."""
        return read_page_key(value)

    def to_url(self, value: Any) -> str:
        """Return the key as text, without the separators of a language."""
        return str(value)
