"""What a page says, as plain values: a document of sections, and the chunks cut from them. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

#: Between headings that stand one right above the other.
HEADING_SEPARATOR = " \u203a "


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading."""

    #: The heading in one line; empty for text before any heading.
    heading: str
    #: The fragment that leads to the heading on the rendered page; empty when it has none.
    anchor: str
    #: Paragraphs separated by a blank line, lines within a paragraph by a newline.
    text: str
    #: How deep the heading is. A heading without text that stands right above a deeper one belongs to it.
    level: int = field(default=0, compare=False)
    #: Whether its words are found, while it is neither shown as a passage nor read by the model.
    words_only: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """All the searchable text of one page, in reading order."""

    #: The title in one line.
    title: str
    #: The text, heading by heading.
    sections: tuple[Section, ...]
    #: Further text whose words weigh as much as those of the title.
    important: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one section, small enough to be one vector and to be shown as a passage."""

    #: Index among the chunks of its document, from 0.
    position: int
    #: Heading of its section, behind those right above it that have no text of their own.
    heading: str
    #: Anchor of its section.
    anchor: str
    #: The stretch itself, never empty.
    text: str

    def embedded_text(self, title: str) -> str:
        """Return what the model reads: title, headings and text, one below the other, none of them twice."""
        parts = (title, *self.heading.split(HEADING_SEPARATOR), self.text)
        return "\n".join(dict.fromkeys(part for part in parts if part))


def hash_text(text: str) -> str:
    """Return 32 hexadecimal digits that differ when a text differs, so that unchanged text is not embedded again."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def content_hash(document: Document, chunks: Sequence[Chunk], language_code: str) -> str:
    """Return 64 hexadecimal digits that differ when anything stored of a page differs.

    Args:
        document: what the page says.
        chunks: cut from it.
        language_code: of the page: it decides how words are read.
    """
    # Not astuple, which copies deeply and takes longer than all the rest.
    said = [document.title, document.important, [(part.heading, part.anchor, part.text) for part in document.sections]]
    cut = [(chunk.position, chunk.heading, chunk.anchor, chunk.text) for chunk in chunks]
    stored = [said, cut, language_code]
    return blake2b(json.dumps(stored).encode(), digest_size=32).hexdigest()
