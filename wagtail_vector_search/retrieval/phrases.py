"""What the phrases and exclusions of a query ask of a text, in the language of that text. Pure.

A phrase is found where its terms stand side by side in one paragraph, heading or title, whatever their capitals,
endings and punctuation. Where a script puts no spaces between words, its letters are compared: a word may be cut
otherwise inside a sentence than by itself. An excluded word without quotes is compared as a word there, too, so that
"Kyoto" is not excluded by the characters of "Tokyo-to".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..analysis import Analyzer, Kind, Token, scripts
from ..content.document import HEADING_SEPARATOR
from .syntax import Exclusion, TypedQuery


@dataclass(frozen=True, slots=True)
class Wording:
    """A phrase as one language reads it."""

    #: The term of each place, in order.
    places: tuple[str, ...]
    #: Terms that every page with the phrase has.
    needed: tuple[str, ...]
    #: Whether a place is a letter where words are not separated.
    by_letter: bool

    def is_in(self, paragraph: str, analyzer: Analyzer) -> bool:
        """Return whether a paragraph has the terms side by side."""
        first, length = self.places[0], len(self.places)
        found = analyzer.places(paragraph, by_letter=self.by_letter)
        return any(
            first in found[at]
            and all(term in there for term, there in zip(self.places, found[at : at + length], strict=True))
            for at in range(len(found) - length + 1)
        )


def read_wording(text: str, analyzer: Analyzer, *, by_letter: bool = True) -> Wording | None:
    """Return a phrase as one language reads it; ``None`` where it has no word."""
    places = tuple(terms[0] for terms in analyzer.places(text, by_letter=by_letter))
    needed = dict.fromkeys(term for token in analyzer.tokens(text) for term in _needed_of(token))
    return Wording(places, tuple(needed), by_letter) if places else None


def _needed_of(token: Token) -> Iterator[str]:
    """Yield the terms of a word that a page has however its own words are cut: those of letters and of pairs."""
    if not scripts.is_unspaced(token.folded):
        yield token.term
        return
    yield from (extra.term for extra in token.extras if extra.kind in (Kind.PAIR, Kind.FRAGMENT))
    letters = len(scripts.letters(token.folded))
    if letters == 2 or (letters == 1 and scripts.is_cjk(token.folded)):
        yield token.term


@dataclass(frozen=True)
class Conditions:
    """What the operators of a query ask of pages."""

    #: What was typed.
    typed: TypedQuery
    #: Languages of the pages searched.
    analyzers: tuple[Analyzer, ...]
    _read: dict[tuple[str, bool, int], Wording | None] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Phrases that pages must have; one of a single word is none."""
        texts = dict.fromkeys(phrase.text for phrase in self.typed.phrases)
        return tuple(text for text in texts if any(len(one.places) > 1 for one in self.wordings(text)))

    @cached_property
    def excluded_terms(self) -> tuple[str, ...]:
        """Terms that pages must not have."""
        return tuple(dict.fromkeys(term for _, terms in self._exclusions for term in terms))

    @cached_property
    def excluded_phrases(self) -> tuple[Exclusion, ...]:
        """Excluded phrases, and words of scripts without spaces, which pages must not have."""
        return tuple(exclusion for exclusion, terms in self._exclusions if not terms)

    def wordings(self, text: str, *, by_letter: bool = True) -> list[Wording]:
        """Return a phrase as each language reads it, each wording once."""
        read = (self._wording(text, analyzer, by_letter=by_letter) for analyzer in self.analyzers)
        return list(dict.fromkeys(wording for wording in read if wording))

    def has_phrases(self, paragraphs: Sequence[str], analyzer: Analyzer) -> bool:
        """Return whether a page has all the phrases.

        Args:
            paragraphs: All of the page.
            analyzer: Of its language.
        """
        return all(self._is_in(text, paragraphs, analyzer) for text in self.phrases)

    def has_excluded(self, paragraphs: Sequence[str], analyzer: Analyzer) -> bool:
        """Return whether a page has an excluded phrase."""
        return any(
            self._is_in(excluded.text, paragraphs, analyzer, by_letter=excluded.is_quoted)
            for excluded in self.excluded_phrases
        )

    def _is_in(self, text: str, paragraphs: Sequence[str], analyzer: Analyzer, *, by_letter: bool = True) -> bool:
        wording = self._wording(text, analyzer, by_letter=by_letter)
        return wording is not None and any(wording.is_in(paragraph, analyzer) for paragraph in paragraphs)

    def _wording(self, text: str, analyzer: Analyzer, *, by_letter: bool) -> Wording | None:
        key = text, by_letter, id(analyzer)
        if key not in self._read:
            self._read[key] = read_wording(text, analyzer, by_letter=by_letter)
        return self._read[key]

    @cached_property
    def _exclusions(self) -> list[tuple[Exclusion, list[str]]]:
        """What is excluded, with the terms that say all of it; none of them where the text has to be read."""
        everywhere = frozenset[str]().union(*(analyzer.stop_terms for analyzer in self.analyzers))
        found = []
        for exclusion in dict.fromkeys(self.typed.exclusions):
            terms = [_term_of_all(exclusion, analyzer.tokens(exclusion.text)) for analyzer in self.analyzers]
            # Nearly every page has a stop word: it was hardly meant to be excluded.
            if not everywhere.issuperset(terms):
                known = [term for term in terms if term and term not in everywhere]
                found.append((exclusion, known if all(terms) else []))
        return found


def _term_of_all(exclusion: Exclusion, tokens: Sequence[Token]) -> str:
    """Return the term that stands for all that is excluded; empty where there is none."""
    if not tokens or any(scripts.is_unspaced(token.folded) for token in tokens):
        return ""
    if len(tokens) == 1:
        return tokens[0].term
    joined = (extra.term for extra in tokens[0].extras if extra.kind is Kind.JOINED and extra.end == tokens[-1].end)
    return "" if exclusion.is_quoted else next(joined, "")


def split_paragraphs(title: str, chunks: Iterable[Sequence[str]]) -> list[str]:
    """Return what a page says, one paragraph, heading or title each.

    Args:
        title: of the page; may be empty.
        chunks: heading and text of each, in reading order; they may overlap.
    """
    headings: dict[str, None] = dict.fromkeys([title] if title else [])
    texts: list[str] = []
    above = ""
    for heading, text in chunks:
        headings.update(dict.fromkeys(heading.split(HEADING_SEPARATOR) if heading else ()))
        if texts and heading == above:
            texts[-1] = join_overlapping(texts[-1], text)
        else:
            texts.append(text)
        above = heading
    return [*headings, *(paragraph for text in texts for paragraph in text.split("\n\n"))]


def join_overlapping(first: str, second: str) -> str:
    """Return two texts as one, without what the second repeats of the first."""
    at = first.find(second[:1], max(len(first) - len(second), 0)) if second else -1
    while at >= 0:
        begins_word = at == 0 or first[at - 1].isspace() or scripts.IS_UNSPACED.match(second)
        if begins_word and second.startswith(first[at:]):
            return first[:at] + second
        at = first.find(second[0], at + 1)
    return f"{first}\n{second}"
