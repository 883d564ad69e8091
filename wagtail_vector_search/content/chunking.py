"""Cuts a document into chunks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from semantic_text_splitter import TextSplitter

from .document import HEADING_SEPARATOR, Chunk, Document, Section
from .text import QUARTERS, count_quarter_words

# In quarters of the words asked for. A chunk is full at four, and may extend to five to reach the end of a sentence or
# paragraph; one of less than a quarter joins a neighbour, unless the two exceed six.
_TINY, _FULL, _LONGEST, _LONGEST_JOINED = 1, 4, 5, 6

# For every chunk the splitter reads all the text that follows, so that its time grows with the square of a line's
# length. No paragraph has a hundred times as many characters as a chunk has words.
_LONGEST_LINE = 100

#: Start and end of a piece in the text it was cut from.
Span = tuple[int, int]


def chunk_document(document: Document, *, words: int = 100, overlap: int = 20) -> list[Chunk]:
    """Cut a document into chunks that end where paragraphs or sentences do and never cross a heading.

    A document without text becomes one chunk of its title, so that the page can be found; without a title, none. A
    heading without text goes in front of a deeper one right below it; others, such as those of a page of headings only,
    become text themselves.

    Args:
        document: what the page says.
        words: length to aim at; no chunk is longer than one and a half times that. See ``count_quarter_words`` for
            scripts that do not separate words.
        overlap: the most words that a chunk repeats from the one before it in its section, in whole sentences where
            possible; never more than half of ``words``.

    Returns:
        Chunks in reading order; together they hold all the text.
    """
    sections = list(_with_text(section for section in document.sections if not section.words_only))
    if document.important:
        sections.insert(0, Section("", "", document.important))
    pieces = [
        (section.heading, section.anchor, text)
        for section in sections or [Section("", "", document.title)]
        for text in _split(section.text, words, overlap)
    ]
    return [Chunk(position, *piece) for position, piece in enumerate(pieces)]


def _with_text(sections: Iterable[Section]) -> Iterator[Section]:
    """Yield sections that have text, with the headings that have none."""
    bare: list[Section] = []
    for section in sections:
        if not section.text:
            bare.extend([section] if section.heading else ())
            continue
        above = _above(section, bare)
        yield from _as_text([each for each in bare if all(each is not other for other in above)])
        heading = HEADING_SEPARATOR.join(each.heading for each in (*above, section) if each.heading)
        yield replace(section, heading=heading)
        bare = []
    yield from _as_text(bare)


def _above(section: Section, bare: Sequence[Section]) -> list[Section]:
    """Return the headings right above a section that it is a part of, the nearest last."""
    above: list[Section] = []
    level = section.level
    for each in reversed(bare if section.heading else ()):
        if each.level < level:
            above.insert(0, each)
            level = each.level
    return above


def _as_text(bare: Sequence[Section]) -> Iterator[Section]:
    """Yield headings below which nothing stands as the text of one section, which leads to the first of them."""
    if bare:
        yield Section("", bare[0].anchor, "\n".join(section.heading for section in bare))


def _split(text: str, words: int, overlap: int) -> list[str]:
    if count_quarter_words(text) <= words * _LONGEST:
        return [text] if text else []
    splitter = _splitter(words, overlap)
    spans = (
        (start + offset, start + offset + len(piece))
        for start, stretch in _stretches(text, words * _LONGEST_LINE)
        for offset, piece in splitter.chunk_indices(stretch)
    )
    joined: list[Span] = []
    for start, end in spans:
        if joined:
            first, middle = joined[-1]
            is_tiny = any(count_quarter_words(text[a:b]) < words * _TINY for a, b in ((first, middle), (start, end)))
            if is_tiny and count_quarter_words(text[first:end]) <= words * _LONGEST_JOINED:
                joined[-1] = (first, end)
                continue
        joined.append((start, end))
    return [text[start:end] for start, end in joined]


def _stretches(text: str, longest_line: int) -> Iterator[tuple[int, str]]:
    """Yield a text in pieces with their starts, cut only within lines that are too long, between words if possible."""
    start = 0
    for line in re.finditer(rf"[^\n]{{{longest_line + 1},}}", text):
        position = line.start()
        while line.end() - position > longest_line:
            space = text.rfind(" ", position + 1, position + longest_line)
            position = space if space > 0 else position + longest_line
            yield start, text[start:position]
            start = position
    yield start, text[start:]


@lru_cache(maxsize=16)
def _splitter(words: int, overlap: int) -> TextSplitter:
    capacity = (words * _FULL, words * _LONGEST)
    # The splitter refuses an overlap that leaves no room for new text.
    return TextSplitter.from_callback(count_quarter_words, capacity, min(overlap, words // 2) * QUARTERS)
