"""Cleaning and measuring of text. Pure functions on strings."""

from __future__ import annotations

import re
import unicodedata

from django.utils.text import slugify

from ..analysis.scripts import CJK, SOUTH_EAST_ASIAN

_CJK_CHARACTER = re.compile(f"[{CJK}]")
_SOUTH_EAST_ASIAN_CHARACTER = re.compile(f"[{SOUTH_EAST_ASIAN}]")

# PostgreSQL refuses NUL and lone surrogates; the other control and formatting characters (bidirectional marks and
# overrides, soft hyphens, zero-width spaces, tags) carry no word and would make equal words differ. The zero-width
# joiner and non-joiner stay: they spell words in Persian and in Indic scripts.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)
# The same for ASCII, whose bytes are searched in a tenth of the time.
_UNWANTED_ASCII = bytes([*range(0x09), *range(0x0E, 0x1C), 0x7F])
# Floods of accents paint over the lines around them, and the time to put them in order grows with the square of their
# number. No language needs half as many on one letter.
_MOST_MARKS = 10
_FLOOD = re.compile(rf"[^\w\s\x00-\x7f]{{{_MOST_MARKS + 1},}}")
_JOINERS = "\u200c\u200d"
_BLANK_LINES = re.compile(r"\n{3,}")
_LINE_ENDS = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n\n"})
_LINE_END = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")

#: Parts of a word that ``count_quarter_words`` counts in.
QUARTERS = 4
# The longest word that counts as one: 12 characters. Beyond, characters count, so that one endless word can be cut.
_CHARACTERS_PER_QUARTER = 3


def clean_text(text: str) -> str:
    """Return text that every database and model accepts, the same for all spellings of one string.

    What ``displayable`` removes is removed, the rest is put into Unicode normal form C. White space is folded: one
    space within a line, single newlines kept, at most one blank line.
    """
    text = displayable(text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if _LINE_END.search(text):
        text = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    text = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    return _BLANK_LINES.sub("\n\n", text).strip()


def displayable(text: str) -> str:
    """Return text without what only deceives a reader, a browser or a terminal; white space stays as it is.

    Removed are NUL, lone surrogates, control characters, invisible formatting, bidirectional overrides and isolates
    (the text's own letters still decide where it runs from right to left), and floods of combining marks.
    """
    if text.isascii():
        return text.encode().translate(None, _UNWANTED_ASCII).decode()

    def stem_flood(run: re.Match[str]) -> str:
        kept, marks = [], 0
        for character in run[0]:
            if unicodedata.category(character)[0] == "M":
                marks += 1
            elif character not in _JOINERS:
                marks = 0
            if marks <= _MOST_MARKS:
                kept.append(character)
        return "".join(kept)

    return _FLOOD.sub(stem_flood, _UNWANTED.sub("", text))


def clean_line(text: str) -> str:
    """Return cleaned text in one line, as titles and headings are kept."""
    return " ".join(clean_text(text).split())


def count_quarter_words(text: str) -> int:
    """Return the length of a text in quarters of a word, in any script.

    A Chinese or Japanese character is half a word and a Thai, Lao, Khmer or Burmese one a quarter; elsewhere words
    are what white space separates. A longer text never counts less than its beginning.
    """
    quarters = QUARTERS * len(text.split())
    if not text.isascii():
        quarters += 2 * len(_CJK_CHARACTER.findall(text)) + len(_SOUTH_EAST_ASIAN_CHARACTER.findall(text))
    return max(quarters, len(text) // _CHARACTERS_PER_QUARTER)


def heading_anchor(heading: str) -> str:
    """Return the anchor of a heading by itself, never empty; ``with_anchors`` tells equal headings of a page apart."""
    return slugify(heading, allow_unicode=True) or "section"
