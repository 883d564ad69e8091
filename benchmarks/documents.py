"""The documents that become pages of a scratch site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """A title and a text, whose paragraphs are separated by an empty line."""

    title: str
    text: str
