"""What a page says, as plain values: a document of sections, and the chunks cut from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .identifiers import split_identifiers
from .text import segment_cjk


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading.

    Args:
        heading: The heading in one line; empty for text that stands before any heading.
        anchor: The fragment that leads to the heading on the rendered page; empty when it has none.
        text: Paragraphs separated by a blank line, lines within a paragraph by a newline.
    """

    heading: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """All the searchable text of one page, in reading order.

    Args:
        title: The title in one line.
        sections: The text, heading by heading.
        important: Further text whose words weigh as much as those of the title.
    """

    title: str
    sections: tuple[Section, ...]
    important: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one section, small enough to be one vector and to be shown as a passage.

    Args:
        position: Index among the chunks of its document, from 0.
        heading: Heading of its section.
        anchor: Anchor of its section.
        text: The stretch itself, never empty.
    """

    position: int
    heading: str
    anchor: str
    text: str

    def embedded_text(self, title: str) -> str:
        """Return what the model reads: title, heading and text, one below the other, none of them twice."""
        return "\n".join(dict.fromkeys(part for part in (title, self.heading, self.text) if part))


@dataclass(frozen=True, slots=True)
class KeywordText:
    """What the keyword side indexes.

    Args:
        title: The title and whatever else is important.
        body: Headings and text of every section.
        title_names: How often each name of code stands in the title; see ``split_identifiers``.
        body_names: How often each stands in the body.
    """

    title: str
    body: str
    title_names: Counter[str] = field(default_factory=Counter)
    body_names: Counter[str] = field(default_factory=Counter)


def keyword_text(document: Document) -> KeywordText:
    """Return the words of a document, ready for PostgreSQL's ``to_tsvector``.

    Text in scripts that do not separate words is segmented, names of code are split; queries must be read by
    ``keyword_query``.
    """
    body = [part for section in document.sections for part in (section.heading, section.text) if part]
    title = [part for part in (document.title, document.important) if part]
    title_text, title_names = keyword_query("\n\n".join(title))
    body_text, body_names = keyword_query("\n\n".join(body))
    return KeywordText(title_text, body_text, title_names, body_names)


def keyword_query(text: str) -> tuple[str, Counter[str]]:
    """Return the text of a query ready for ``to_tsvector``, and the names of code in it, which are terms already."""
    text, names = split_identifiers(text)
    return segment_cjk(text), names
