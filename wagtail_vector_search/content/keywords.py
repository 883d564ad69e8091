"""Text as PostgreSQL's ``to_tsvector`` needs it: names of code split, scripts without spaces segmented. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from .document import Document
from .text import CJK, SOUTH_EAST_ASIAN

# At least two parts of two characters, so that "e.g." and "p.m." are not split.
_SEPARATED = re.compile(
    r"(?<!\w)_{0,2}[A-Za-z][A-Za-z0-9]++(?:(?:__?|\.|::)[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*){1,20}_{0,2}(?!\w)"
)
# What every such name contains, found ten times as fast: most texts hold none, and need no look at each word.
_INNER_SEPARATOR = re.compile(r"[_.:][0-9]*[A-Za-z]")
_INNER_HUMP = re.compile(r"[A-Z](?<=[A-Za-z0-9][A-Z])")
_DOT = re.compile(r"\.|::")
_SEPARATOR = re.compile(r"_+|\.|::")
_HUMPED = re.compile(r"\b[A-Za-z0-9]*(?:[a-z0-9][A-Z]|[A-Z]{2}[a-z]{2})[A-Za-z0-9]*\b")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# Korean separates words, but attaches particles to them, so that a noun is found by its syllables only.
_HANGUL = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7af"
# Letters of another width, which Unicode's compatibility form makes equal to the ordinary ones.
_WIDTH_VARIANTS = "\uff01-\uffdc"
_UNSPACED_RUN = re.compile(f"[{CJK}{_HANGUL}]+|[{SOUTH_EAST_ASIAN}]+")
_TO_SEGMENT = re.compile(f"[{CJK}{_HANGUL}{SOUTH_EAST_ASIAN}{_WIDTH_VARIANTS}]")
# A letter with its vowel signs and tones, which mean nothing alone.
_MARKS = "".join(c for c in map(chr, range(0x0E00, 0x17DE)) if unicodedata.category(c)[0] == "M")
_CLUSTER = re.compile(f".[{_MARKS}]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class KeywordText:
    """What the keyword side indexes."""

    #: The title and other important text.
    title: str
    #: Headings and text of every section.
    body: str
    #: How often each name of code occurs in the title; see ``split_identifiers``.
    title_names: Counter[str] = field(default_factory=Counter)
    #: How often each occurs in the body.
    body_names: Counter[str] = field(default_factory=Counter)


def keyword_text(document: Document) -> KeywordText:
    """Return the words of a document, ready for ``to_tsvector``. Queries must be read by ``keyword_query``."""
    body = [part for section in document.sections for part in (section.heading, section.text) if part]
    title = [part for part in (document.title, document.important) if part]
    title_text, title_names = keyword_query("\n\n".join(title))
    body_text, body_names = keyword_query("\n\n".join(body))
    return KeywordText(title_text, body_text, title_names, body_names)


def keyword_query(text: str) -> tuple[str, Counter[str]]:
    """Return the text of a query ready for ``to_tsvector``, and the names of code in it, which are terms already."""
    # PostgreSQL drops what it takes for a tag, a comment, a script or a style, although text that shows one means it.
    text, names = split_identifiers(text.replace("<", " "))
    return segment_cjk(text), names


def split_identifiers(text: str) -> tuple[str, Counter[str]]:
    """Return text in which names of code are written as words, and how often each name occurs as a whole.

    PostgreSQL reads ``os.path`` as one word, ``page_published`` as two, and ``StreamField`` as one: a search for any of
    them, or for one of its words, should find all of them. The same function must be used on the document and on the
    query.

    Returns:
        The text, names followed by their parts where PostgreSQL would not see these; and the names in lower case,
        which PostgreSQL would split.
    """
    names: Counter[str] = Counter()

    def separate(match: re.Match[str]) -> str:
        name = match[0].strip("_")
        attributes = (part for part in _DOT.split(name) if "_" in part.strip("_"))
        names.update(dict.fromkeys((whole.lower() for whole in (name, *attributes)), 1))
        return _SEPARATOR.sub(" ", name)

    def append_humps(match: re.Match[str]) -> str:
        humps: list[str] = _HUMP.findall(match[0])
        return f"{match[0]} {' '.join(hump for hump in humps if len(hump) > 1)}"

    if _INNER_SEPARATOR.search(text):
        text = _SEPARATED.sub(separate, text)
    if _INNER_HUMP.search(text):
        text = _HUMPED.sub(append_humps, text)
    return text, names


def segment_cjk(text: str) -> str:
    """Return text in which scripts without spaces are broken into overlapping pairs of characters.

    PostgreSQL reads a run of Chinese as one word; pairs make every part of it findable. The same function must be
    used on the document and on the query. Text in other scripts is returned unchanged.
    """
    if text.isascii() or not _TO_SEGMENT.search(text):
        return text

    def pair(run: re.Match[str]) -> str:
        letters: list[str] = _CLUSTER.findall(run[0])
        pairs = [first + second for first, second in pairwise(letters)]
        return f" {' '.join(pairs or letters)} "

    return _UNSPACED_RUN.sub(pair, unicodedata.normalize("NFKC", text))
