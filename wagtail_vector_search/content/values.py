"""Any value that a page's field or method may return, to sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from django.db.models import Manager, QuerySet
from django.utils.encoding import force_str
from django.utils.safestring import SafeData
from wagtail.blocks import StreamValue
from wagtail.rich_text import RichText

from .blocks import add_stream
from .document import Document, Section
from .markup import add_html
from .outline import Outline


def add_value(outline: Outline, value: Any) -> None:
    """Add the value of one field, which never goes under the heading of another field.

    Args:
        outline: where it goes.
        value: plain text; ``RichText`` or HTML marked safe; a StreamField's value; a ``Section`` or ``Document``; a
            list, mapping or related manager of these; ``None``; anything else is added as its string.
    """
    outline.end_section()
    if isinstance(value, (RichText, SafeData)):
        add_html(outline, value.source if isinstance(value, RichText) else force_str(value))
    elif isinstance(value, StreamValue):
        add_stream(outline, value)
    elif isinstance(value, Section):
        outline.add_section(value)
    elif isinstance(value, Document):
        add_value(outline, [value.important, *value.sections])
    elif isinstance(value, Mapping):
        add_value(outline, [*value.values()])
    elif isinstance(value, Manager):
        add_value(outline, [*value.all()])
    # Not every iterable: a file would be opened and read.
    elif isinstance(value, (Sequence, Set, Iterator, QuerySet)) and not isinstance(value, (str, bytes)):
        for item in value:
            add_value(outline, item)
    elif value is not None:
        outline.add_paragraph(force_str(value, errors="replace"))


def plain_text(value: Any) -> str:
    """Return the text of a value without its sections: headings become paragraphs."""
    outline = Outline()
    add_value(outline, value)
    return "\n\n".join(part for section in outline.sections() for part in (section.heading, section.text) if part)
