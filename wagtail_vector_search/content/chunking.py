"""Cuts a document into chunks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from semantic_text_splitter import TextSplitter

from .document import Chunk, Document, Section
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

    A document without text becomes one chunk of its title, so that the page can be found; without a title, none.

    Args:
        document: what the page says.
        words: length to aim at; no chunk is longer than one and a half times that. See ``count_quarter_words`` for
            scripts that do not separate words.
        overlap: the most words that a chunk repeats from the one before it in its section, in whole sentences where
            possible; never more than half of ``words``.

    Returns:
        Chunks in reading order; together they hold all the text.
    """
    sections = list(document.sections)
    if document.important:
        sections.insert(0, Section("", "", document.important))
    pieces = [
        (section.heading, section.anchor, text)
        for section in sections or [Section("", "", document.title)]
        for text in _split(section.text or section.heading, words, overlap)
    ]
    return [Chunk(position, *piece) for position, piece in enumerate(pieces)]


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
