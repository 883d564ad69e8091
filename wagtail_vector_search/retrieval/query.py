"""What a query asks for: its words in each language of the pages searched, and what each word may be found by. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from urllib.parse import unquote

from ..analysis import Analyzer, Kind, Token, address_term, title_term
from ..ranking import constants
from ..ranking.values import QueryTerm

#: One word with a slash or a hyphen in it.
_ADDRESS = re.compile(r"\S*[/_-]\S*")


@dataclass(slots=True)
class QueryWord:
    """One word, as each language reads it."""

    #: Offset of its first character in the query.
    start: int
    #: Offset after the last.
    end: int
    #: As it was typed.
    typed: str
    #: The terms that stand for it, one a language, each once.
    terms: list[str] = field(default_factory=list)
    #: Further terms that find it.
    extras: dict[str, Kind] = field(default_factory=dict)
    #: Whether it says nothing in any of the languages.
    is_stop_word: bool = True


@dataclass(frozen=True, slots=True)
class JoinedWords:
    """Neighbouring words written as one."""

    term: str
    #: Where they begin and end in the query.
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """A query, analysed."""

    #: Words to look up, in order; without stop words where it has others.
    words: tuple[QueryWord, ...] = ()
    #: Words that may be written as one.
    joined: tuple[JoinedWords, ...] = ()
    #: Terms of pages with exactly this title, or at this address.
    titles: tuple[str, ...] = ()

    @property
    def terms(self) -> list[str]:
        """Every term whose document frequency has to be known, each once."""
        words = [term for word in self.words for term in (*word.terms, *word.extras)]
        return list(dict.fromkeys([*words, *(joined.term for joined in self.joined), *self.titles]))


def analyse_query(text: str, analyzers: Sequence[Analyzer], quoted: Sequence[tuple[int, int]] = ()) -> Query:
    """Return what a query asks for.

    Args:
        text: normalised.
        analyzers: of the languages of the pages searched.
        quoted: offsets of what stands in quotes, of which stop words are looked up, too.
    """
    by_start: dict[int, QueryWord] = {}
    joined: dict[str, JoinedWords] = {}
    titles: dict[str, None] = {}
    slug = _slug_in(text)
    for analyzer in analyzers:
        tokens = analyzer.tokens(text)
        titles[title_term(tokens)] = None
        if slug:
            titles[address_term(analyzer.tokens(slug))] = None
        for token in tokens:
            _add_token(by_start, joined, token, text)
        for first, second in pairwise(tokens):
            if _may_be_one_word(first, second, text):
                term = analyzer.join((first, second), first.start, second.end).term
                joined.setdefault(term, JoinedWords(term, first.start, second.end))
    words = [by_start[start] for start in sorted(by_start)]
    telling = [
        word
        for word in words
        if not word.is_stop_word
        or _is_emphasised(word.typed, text)
        or any(start <= word.start < end for start, end in quoted)
    ]
    kept = _cap(telling or words)
    starts = {word.start for word in kept}
    return Query(
        tuple(kept),
        tuple(one for one in joined.values() if one.start in starts)[: constants.MAX_JOINED],
        tuple(title for title in titles if title),
    )


def _slug_in(text: str) -> str:
    """Return the last part of an address that a query is, be it a path or just a slug; empty if it is none."""
    if not _ADDRESS.fullmatch(text):
        return ""
    return unquote(re.split("[?#]", text)[0].rstrip("/").rpartition("/")[2])


def weigh(query: Query, document_frequencies: Mapping[str, int]) -> tuple[QueryTerm, ...]:
    """Return the terms to look up, each once, with what each counts.

    A word counts by its own term. Further terms of it that any page has count ``EXTRA_WEIGHT`` beside it, and in its
    place where no page has its own. Words written as one count like a word, and stand for those of them that no page
    has.

    Args:
        query: the query.
        document_frequencies: number of pages that have each of ``query.terms``.
    """
    known = {term: pages for term, pages in document_frequencies.items() if pages > 0}
    found = [one for one in query.joined if one.term in known]
    weighed: dict[str, QueryTerm] = {}
    for word in query.words:
        is_covered = any(one.start <= word.start < one.end for one in found)
        for text, weight, is_expected in _terms_of(word, known, is_covered=is_covered):
            _add_term(weighed, QueryTerm(text, weight, known.get(text, 0), is_expected))
    for one in found:
        covered = [word for word in query.words if one.start <= word.start < one.end]
        is_expected = not any(term in known for word in covered for term in (*word.terms, *word.extras))
        _add_term(weighed, QueryTerm(one.term, constants.JOINED_WEIGHT, known[one.term], is_expected))
    return tuple(weighed.values())


def _terms_of(word: QueryWord, known: Mapping[str, int], *, is_covered: bool) -> Iterator[tuple[str, float, bool]]:
    """Yield each term of a word, what it counts, and whether a page that answers is expected to have it."""
    terms = [term for term in word.terms if term in known]
    extras = [term for term in word.extras if term in known]
    if terms:
        commonest = max(terms, key=known.__getitem__)
        yield from ((term, 1.0, term == commonest) for term in terms)
        yield from ((term, constants.EXTRA_WEIGHT, False) for term in extras)
    elif extras:
        yield from ((term, 1.0, True) for term in extras)
    elif not is_covered:
        yield word.terms[0], 1.0, True


def _add_term(weighed: dict[str, QueryTerm], term: QueryTerm) -> None:
    same = weighed.get(term.text)
    if same:
        is_expected = same.is_expected or term.is_expected
        term = replace(term, frequency=same.frequency + term.frequency, is_expected=is_expected)
    weighed[term.text] = term


def _add_token(by_start: dict[int, QueryWord], joined: dict[str, JoinedWords], token: Token, text: str) -> None:
    word = by_start.setdefault(token.start, QueryWord(token.start, token.end, text[token.start : token.end]))
    word.is_stop_word = word.is_stop_word and token.is_stop_word
    if token.term not in word.terms:
        word.terms.append(token.term)
        word.extras.pop(token.term, None)
    for extra in token.extras:
        if extra.kind is Kind.JOINED:
            joined.setdefault(extra.term, JoinedWords(extra.term, extra.start, extra.end))
        elif extra.kind is not Kind.FRAGMENT and extra.term not in word.terms:
            word.extras.setdefault(extra.term, extra.kind)


def _cap(words: Sequence[QueryWord]) -> list[QueryWord]:
    """Return the first words, with as many further terms as leave all of them ``MAX_TERMS``."""
    left, kept = constants.MAX_TERMS, []
    for word in words:
        left -= len(word.terms)
        if left < 0:
            break
        kept.append(word)
    left = constants.MAX_TERMS - sum(len(word.terms) for word in kept)
    for word in kept:
        word.extras = dict(islice(word.extras.items(), left))
        left -= len(word.extras)
    return kept


def _may_be_one_word(first: Token, second: Token, text: str) -> bool:
    # "start up" may be "startup", but "in form" is not "inform".
    if first.is_stop_word or not text[first.end : second.start].isspace():
        return False
    return len(first.folded) + len(second.folded) <= constants.LONGEST_JOINED


def _is_emphasised(typed: str, text: str) -> bool:
    """Whether capitals say that a stop word is a name: "IT" in "IT support"."""
    return len(typed) > 1 and typed.isupper() and not text.isupper()
