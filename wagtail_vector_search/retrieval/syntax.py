"""What a visitor typed, read once: words, phrases in quotes, and what a hyphen excludes. Pure.

Quotes and hyphens are operators only where they can hardly be meant otherwise. Everything else is as it was typed: a
quote that is not closed, inches, an apostrophe, a hyphen inside a word or by itself, a negative number, a range, an
option such as ``-v`` or ``--all``, and a query that has only exclusions.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ..analysis.scripts import IS_UNSPACED

#: Phrases and exclusions that are read, the first ones of a query; further ones are words.
MAX_OPERATORS = 32
#: Words of the longest query with operators. A longer one is running text, whose quotes quote.
MOST_WORDS = 60

# Straight quotes; English and German ones; French and, the other way round, German ones; Chinese and Japanese ones.
_PAIRS = (
    r'(?<!\w)"([^"]*)"(?!\w)',
    r"(?<!\w)[“„”]([^“„”]*)[“”](?!\w)",
    r"(?<!\w)«([^«»]*)»(?!\w)",
    r"(?<!\w)»([^«»]*)«(?!\w)",
    "「([^「」]*)」",
    "『([^『』]*)』",
    "\uff02([^\uff02]*)\uff02",
)
# The second hyphen is the one of Japanese keyboards.
_HYPHEN = r"(?<!\S)[-\uff0d]"
_OPERATOR = re.compile(rf"(?P<hyphen>{_HYPHEN})?(?:{'|'.join(_PAIRS)})|{_HYPHEN}(?P<word>[^\W\d_]\S*)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in quotes, which a page must have in this order, side by side."""

    #: Without the quotes.
    text: str
    #: Offset of its first character in the query.
    start: int
    #: Offset after its last character.
    end: int


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What a page must not have."""

    #: Without the hyphen and the quotes.
    text: str
    #: Whether it stood in quotes.
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """A query with its operators apart."""

    #: The query as it was typed, normalised.
    written: str
    #: The same with a space in place of every character that is an operator or excluded, so that offsets are equal.
    text: str
    #: In order.
    phrases: tuple[Phrase, ...] = ()
    #: In order.
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def words(self) -> str:
        """What is asked for, phrases included, as it would be typed without operators."""
        return " ".join(self.text.split()) if self.has_operators else self.text

    @property
    def has_operators(self) -> bool:
        """Whether a quote or a hyphen means more than itself."""
        return bool(self.phrases or self.exclusions)


def parse_query(text: str) -> TypedQuery:
    """Read the operators of a query.

    Args:
        text: normalised.
    """
    if len(text.split()) > MOST_WORDS:
        return TypedQuery(text, text)
    rest, phrases, exclusions = text, list[Phrase](), list[Exclusion]()
    for match in _OPERATOR.finditer(text):
        if len(phrases) + len(exclusions) == MAX_OPERATORS:
            break
        start, end = match.span(match.lastindex or 0)
        content = text[start:end]
        if match["word"] and not _is_excludable(content):
            continue
        if not is_searchable(content):
            continue
        if match["word"] or match["hyphen"]:
            exclusions.append(Exclusion(content.strip(), is_quoted=not match["word"]))
            start = end
        else:
            phrases.append(Phrase(content.strip(), start, end))
        # What is kept stands between the two blanks.
        before, after = " " * (start - match.start()), " " * (match.end() - end)
        rest = f"{rest[: match.start()]}{before}{rest[start:end]}{after}{rest[match.end() :]}"
    if not is_searchable(rest):
        return TypedQuery(text, text)
    return TypedQuery(text, rest, tuple(phrases), tuple(exclusions))


def is_searchable(text: str) -> bool:
    """Return whether a text has a letter, a digit or a symbol to search for."""
    # Beyond ASCII a character that is no letter may be an emoji, which models do read.
    return any(
        character.isalnum() or (not character.isascii() and unicodedata.category(character)[0] not in "PZCM")
        for character in text
    )


def _is_excludable(word: str) -> bool:
    """Whether a word after a hyphen is more than the letter of an option."""
    return sum(map(str.isalnum, word)) > 1 or IS_UNSPACED.match(word) is not None
