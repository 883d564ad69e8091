"""What an analyzer makes of text: tokens, and the terms that stand for each. Pure."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """How a term stands to the word that it is made of."""

    #: The word itself.
    WORD = 0
    #: The word with its accents, as it is written.
    ACCENTED = 1
    #: The word as others spell it: "ue" for "ü", or the stem that it has without its accents.
    SPELLING = 2
    #: Several words written as one: ``email`` for "e-mail".
    JOINED = 3
    #: A part of the word: ``field`` for "StreamField".
    PART = 4
    #: Two letters of a script without spaces.
    PAIR = 5
    #: Finds the word, but no query with the word looks it up: one character of a Chinese word.
    FRAGMENT = 6


#: What a text only has if it is read otherwise than it is written.
SECONDARY = frozenset({Kind.JOINED, Kind.PART})


class Extra(NamedTuple):
    """A term, and the stretch of text that it stands for."""

    start: int
    end: int
    term: str
    kind: Kind


class Token(NamedTuple):
    """One word of a text."""

    #: Offset of its first character in the text.
    start: int
    #: Offset after its last character.
    end: int
    #: The term that stands for it, folded and stemmed.
    term: str
    #: The word folded, not stemmed.
    folded: str
    #: Whether nearly every text of the language has it.
    is_stop_word: bool = False
    #: Further terms that begin at this word.
    extras: tuple[Extra, ...] = ()

    @property
    def readings(self) -> tuple[Extra, ...]:
        """All that it may be read as: the word itself first."""
        return (Extra(self.start, self.end, self.term, Kind.WORD), *self.extras)

    def moved(self, offset: int) -> Token:
        """Return the token with every offset ``offset`` further."""
        extras = tuple([Extra(start + offset, end + offset, term, kind) for start, end, term, kind in self.extras])
        return self._replace(start=self.start + offset, end=self.end + offset, extras=extras)


class TermCounts(NamedTuple):
    """The terms of a text."""

    #: How often each term occurs.
    frequencies: Counter[str]
    #: The same of joined words and parts of words.
    secondary: Counter[str]
    #: Number of words, repetitions counted; neither stop words count nor further terms.
    length: int
