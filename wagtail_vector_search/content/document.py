"""What a page says, as plain values: a document of sections, and the chunks cut from them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading."""

    #: The heading in one line; empty for text before any heading.
    heading: str
    #: The fragment that leads to the heading on the rendered page; empty when it has none.
    anchor: str
    #: Paragraphs separated by a blank line, lines within a paragraph by a newline.
    text: str


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
    #: Heading of its section.
    heading: str
    #: Anchor of its section.
    anchor: str
    #: The stretch itself, never empty.
    text: str

    def embedded_text(self, title: str) -> str:
        """Return what the model reads: title, heading and text, one below the other, none of them twice."""
        return "\n".join(dict.fromkeys(part for part in (title, self.heading, self.text) if part))


class Outline:
    """Collects paragraphs and headings, in reading order, into sections. A paragraph goes under the last heading."""

    def __init__(self) -> None:
        self._sections: list[Section] = []
        self._heading = ""
        self._anchor = ""
        self._paragraphs: list[str] = []

    def add_heading(self, heading: str, anchor: str) -> None:
        """Start a section."""
        self._finish_section()
        self._heading, self._anchor = heading, anchor

    def add_paragraph(self, text: str) -> None:
        """Add text to the section that is open; empty text is ignored."""
        if text:
            self._paragraphs.append(text)

    def end_section(self) -> None:
        """Put what follows under no heading. A section that has no heading already is continued."""
        if self._heading:
            self.add_heading("", "")

    def extend(self, sections: Iterable[Section]) -> None:
        """Add sections; one without a heading continues the section that is open."""
        for section in sections:
            if section.heading:
                self.add_heading(section.heading, section.anchor)
            self.add_paragraph(section.text)

    def sections(self) -> tuple[Section, ...]:
        """Return the sections read so far, without those that are empty."""
        self._finish_section()
        return tuple(self._sections)

    def _finish_section(self) -> None:
        if self._heading or self._paragraphs:
            self._sections.append(Section(self._heading, self._anchor, "\n\n".join(self._paragraphs)))
        self._heading, self._anchor, self._paragraphs = "", "", []


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
