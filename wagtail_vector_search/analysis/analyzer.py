"""Text to terms: the same for pages, queries, passages and highlighting. Pure.

White space ends a word in every script, so that a text is analysed stretch by stretch, and each stretch only once a
process: most words of a page have been met before. Within a stretch, hyphens, slashes, dots and the like separate words
that are found apart and joined; see ``docs/explanation/words.md``.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property, partial
from importlib.metadata import version
from itertools import chain, pairwise
from operator import itemgetter
from typing import TypeVar

import icu4py
import Stemmer

from . import scripts
from .chinese import simplify
from .dictionary import is_listed
from .folding import fold, lower, write_digraphs
from .languages import WITH_ENDING_AFTER_APOSTROPHE, get_language
from .values import SECONDARY, Extra, Kind, TermCounts, Token

Value = TypeVar("Value")

#: Raise it when the same text would yield other terms.
VERSION = 1

#: Stretches kept in memory by each analyzer, and the longest of them, in characters.
CACHE_SIZE = 50_000
LONGEST_CACHED = 40
#: Letters of the longest term; what is longer is no word, and is cut.
LONGEST_TERM = 100
#: Characters that are read of a word: some letters have several marks.
LONGEST_READ = 4 * LONGEST_TERM
#: Words of a compound that are joined, at most.
MOST_JOINED = 8
#: Parts of one number, abbreviation or word with apostrophes.
MOST_PARTS = 16

_MARK = "".join(c for c in map(chr, range(0x0300, 0x20F1)) if unicodedata.category(c) in ("Mn", "Mc")) + "\u200d"
#: What may be a word, or a part of one.
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{re.escape(_MARK)}])*")
#: Longer stretches are cut after a sign, so that what a word costs does not grow with the text around it.
LONGEST_STRETCH = 1000
_STRETCH = re.compile(rf"\S{{1,{LONGEST_STRETCH}}}(?!\S)|\S{{1,{LONGEST_STRETCH - 1}}}[^\w\s]|\S\w*+")
#: What most stretches are: a word without anything that would have to be looked at closely.
_PLAIN = re.compile(r"[(\[\"']?([A-Za-z]+)[.,;:!?)\]\"']*")
#: Punctuation around a word, which says nothing of it. A dot before a word may be its own.
_EDGES = "\"'“”‘’«»‹›()[]{}<>,;:!?…*–—„`|"
_APOSTROPHES = "'’‘ʼ＇ʹ´′`‛׳״"
#: The modifier letter that Ukrainian and others write as an apostrophe, and the sign of "20×30".
_SIGNS_AS_TYPED = {0x02BC: "’", 0x00D7: "x"}
_QUOTE_IN_HEBREW = re.compile('(?<=[\u05d0-\u05ea])["”](?=[\u05d0-\u05ea])')
_HYPHENS = "-‐‑‒–−\u00ad﹣－_&+·•\u200c’'~" + _APOSTROPHES
#: Between words of one address, path, date or name of code.
_SEPARATORS = frozenset({"/", ".", "::", ":", "@", "://", "\\", "->", "#", "?", "=", ","})
_NUMBER = re.compile(rf"\d+(?:[.,]\d+){{1,{MOST_PARTS - 1}}}")
_THOUSANDS = re.compile(r"\d{1,3}(?:[,.]\d{3})+")
_ABBREVIATION = re.compile(rf"[^\W\d_](?:\.[^\W\d_]){{1,{MOST_PARTS - 1}}}(?![\w'’])")
_APART = re.compile(r"\d+|[^\W\d_]+")
_HUMP = re.compile(r"[^\W\d_]+?(?=[A-Z][a-z])|[A-Z]+(?![a-z])|[^\W\d_]+")
_HAS_HUMP = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]{2}")
#: Letters whose marks people leave out; folding changes others, too, which no writer chooses.
_HAS_ACCENT = re.compile("[\u00c0-\u024f\u0300-\u052f\u1e00-\u1fff]")
_HAS_DIGIT = re.compile(r"\d")
_SIGNS = re.compile(r"\+{1,2}(?!\w)|#(?!\w)")
#: Words with digits that stand side by side: telephone numbers, postcodes, codes of products.
_WITH_DIGIT = r"(?=[^\W\d]*+\d)\w++"
_BETWEEN_DIGITS = r"(?:[^\w\s]{1,2}[ \u00a0\u202f]?[^\w\s]?|[ \u00a0\u202f][^\w\s]?)"
_DIGITS_SIDE_BY_SIDE = re.compile(rf"(?<!\w)[+(]?{_WITH_DIGIT}(?:{_BETWEEN_DIGITS}{_WITH_DIGIT})+")
_AMPERSAND = re.compile(r"(?<!\w)(\w{1,3}) & (\w{1,3})(?!\w)")
#: Digits by which a telephone number is found with and without the code of its country.
_TELEPHONE = 9


class _Cache(dict[str, Value]):
    """What a function makes of a stretch of text; that of long ones, which hardly return, is not kept."""

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, stretch: str) -> Value:
        value = self._read(stretch)
        if len(stretch) <= LONGEST_CACHED:
            if len(self) >= CACHE_SIZE:
                self.clear()
            self[stretch] = value
        return value


class Analyzer:
    """What makes terms of texts in one language. A project's own may override ``stem``.

    Args:
        language_code: Of the pages' locale, such as ``pt-br``.
    """

    #: Raise it in a class of your own when it makes other terms of the same text.
    version: int = 1

    def __init__(self, language_code: str) -> None:
        self.language_code = language_code
        self.language = get_language(language_code)
        self._tokens = _Cache(self._read)
        self._counted = _Cache(lambda stretch: _count(self._tokens[stretch]))
        self._places = {
            by_letter: _Cache(partial(self._read_places, by_letter=by_letter)) for by_letter in (False, True)
        }
        self._lock = threading.Lock()
        self._stemmer = Stemmer.Stemmer(self.language.stemmer, 0) if self.language.stemmer else None

    def fingerprint(self) -> str:
        """Return what the terms of a text depend on: two analyzers that say the same make the same of it."""
        name = f"{type(self).__module__}.{type(self).__qualname__}"
        return f"{name} {self.version}.{VERSION} {self.language.code}, {_libraries()}"

    def find_problem(self) -> str:
        """Return what is wrong and how to mend it, for a subclass that needs something outside; empty for nothing."""
        return ""

    def stem(self, word: str) -> str:
        """Return the stem of a word.

        Args:
            word: in lower case, with its accents.
        """
        if self._stemmer is None:
            return word
        with self._lock:  # Snowball's stemmers keep the word in themselves
            return str(self._stemmer.stemWord(word))

    def knows_word(self, word: str) -> bool | None:
        """Return whether a word of four letters or more is one of the language, so that it is no typing error.

        Args:
            word: in lower case, without accents.

        Returns:
            ``None`` when that cannot be told, as in every language but English.
        """
        return is_listed(word, self.language.code)

    @cached_property
    def stop_terms(self) -> frozenset[str]:
        """The terms of the stop words."""
        return frozenset(token.term for word in self.language.stop_words for token in self.tokens(word))

    def prepare(self, texts: Sequence[str]) -> None:
        """Called with all texts of a batch before they are analysed, for a subclass that looks words up."""

    def tokens(self, text: str) -> list[Token]:
        """Return the words of a text in order, with offsets in it."""
        found: list[Token] = []
        for match in _STRETCH.finditer(text):
            start = match.start()
            found += [token.moved(start) if start else token for token in self._tokens[match[0]]]
        if extras := list(self._side_by_side(text)):
            starts = [token.start for token in found]
            for extra in extras:
                number = max(bisect_right(starts, extra.start) - 1, 0)
                found[number] = found[number]._replace(extras=(*found[number].extras, extra))
        return found

    def count(self, text: str) -> TermCounts:
        """Return how often each term occurs in a text, and how many words it has, stop words left out."""
        # Every step over short stretches is a loop in C: a site has thousands of pages.
        counted = list(map(self._counted.__getitem__, _split(text)))
        secondary = list(chain.from_iterable(map(_SECONDARY, counted)))
        secondary += [extra.term for extra in self._side_by_side(text)]
        terms = Counter(chain.from_iterable(map(_TERMS, counted)))
        return TermCounts(terms, Counter(secondary), sum(map(_LENGTH, counted)))

    def terms(self, text: str) -> set[str]:
        """Return the terms that a text has: those that ``count`` counts, in half the time."""
        counted = list(map(self._counted.__getitem__, _split(text)))
        found = set(chain.from_iterable(map(_TERMS, counted)))
        found.update(chain.from_iterable(map(_SECONDARY, counted)))
        found.update(extra.term for extra in self._side_by_side(text))
        return found

    def title_term(self, title: str) -> str:
        """Return the term that only a text of exactly these words has; empty for a text without any."""
        return title_term([token for stretch in _STRETCH.findall(title) for token in self._tokens[stretch]])

    def places(self, text: str, *, by_letter: bool = False) -> list[tuple[str, ...]]:
        """Return for each place of a text, in order, the terms that it may be read as: what a phrase is compared with.

        Args:
            text: any text.
            by_letter: whether a place is a letter, not a word, in scripts that put no spaces between words.
        """
        return list(chain.from_iterable(map(self._places[by_letter].__getitem__, _STRETCH.findall(text))))

    def _read_places(self, stretch: str, *, by_letter: bool) -> tuple[tuple[str, ...], ...]:
        places: list[tuple[str, ...]] = []
        for token in self._tokens[stretch]:
            if by_letter and scripts.is_unspaced(token.folded):
                places += [(letter,) for letter in token.folded]
            else:
                places.append((token.term, *(extra.term for extra in token.extras if extra.kind is Kind.SPELLING)))
        return tuple(places)

    def _read(self, stretch: str) -> tuple[Token, ...]:
        if plain := _PLAIN.fullmatch(stretch):
            return (self._plain_word(plain[1], plain.start(1)),)
        if not stretch.isascii():
            stretch = _QUOTE_IN_HEBREW.sub("״", stretch.translate(_SIGNS_AS_TYPED))
        words = [match.span() for match in WORD.finditer(stretch)]
        tokens: list[Token] = []
        #: Tokens of one compound, and where its parts are separated by more than a hyphen.
        compound: list[Token] = []
        breaks: list[int] = []
        at = 0
        while at < len(words):
            start, end = words[at]
            between = stretch[words[at - 1][1] : start] if at else ""
            if at and not _is_link(between):
                tokens += self._join(stretch, compound, breaks)
                compound, breaks = [], []
            elif compound and between not in _HYPHENS:
                breaks.append(len(compound))
            if scripts.IS_UNSPACED.search(stretch, start, end):
                tokens += [*self._join(stretch, compound, breaks), *self._unspaced(stretch[start:end], start)]
                compound, breaks, used = [], [], 1
            else:
                token, used = self._read_word(stretch, words[at : at + MOST_PARTS])
                compound.append(token)
            at += used
        return (*tokens, *self._join(stretch, compound, breaks))

    def _read_word(self, stretch: str, words: Sequence[tuple[int, int]]) -> tuple[Token, int]:
        """Return the token that a stretch has next, and how many words it is made of."""
        start, end = words[0]
        number = _NUMBER.match(stretch, start + (stretch[start] in "vV"))
        if number and (used := _count_words(words, number.end())):
            return self._number(number[0], number.start())._replace(start=start), used
        abbreviation = _ABBREVIATION.match(stretch, start)
        if abbreviation and (used := _count_words(words, abbreviation.end())):
            return self._abbreviation(abbreviation[0], start), used
        parts = 1
        while parts < len(words) and _is_apostrophe(stretch[words[parts - 1][1] : words[parts][0]]):
            parts += 1
        if parts > 1:
            return self._with_apostrophe(stretch, words[:parts]), parts
        word = stretch[start:end]
        signs = _SIGNS.match(stretch, end)
        if signs and (signs[0] != "#" or len(word) == 1):
            return self._with_signs(stretch, start, signs.end(), word), 1
        if start and stretch[start - 1] == "." and not stretch[: start - 1].strip(_EDGES) and word[0].isalpha():
            return self._with_signs(stretch, start - 1, end, word), 1
        return self._word(word, start), 1

    def _word(self, word: str, start: int) -> Token:
        end, lowered = start + len(word), lower(word[:LONGEST_READ], self.language.code)
        folded = fold(lowered) or lowered
        term = self._stem(lowered)
        extras = list(self._spellings(lowered, folded, term, start, end))
        extras += self._parts(word, start)
        is_stop_word = lowered in self.language.stop_words
        if is_stop_word and len(word) > 1 and word.isupper():
            extras.append(Extra(start, end, word, Kind.ACCENTED))  # a name: the IT of "IT support"
        return Token(start, end, term, folded[:LONGEST_TERM], is_stop_word, tuple(extras))

    def _plain_word(self, word: str, start: int) -> Token:
        """Return the token of a word in letters of ASCII: most have nothing that ``_word`` would have to look at."""
        lowered = lower(word, self.language.code)
        if not word[1:].islower() or not lowered.isascii():
            return self._word(word, start)
        is_stop_word = lowered in self.language.stop_words
        return Token(start, start + len(word), self._stem(lowered), lowered[:LONGEST_TERM], is_stop_word)

    def _stem(self, lowered: str) -> str:
        return fold(self.stem(lowered[:LONGEST_TERM])) or lowered

    def _spellings(self, lowered: str, folded: str, term: str, start: int, end: int) -> Iterator[Extra]:
        if folded == lowered:
            return
        seen, stem = {term}, self.stem(lowered[:LONGEST_TERM])
        accented = lowered[:LONGEST_TERM] if stem == term else stem
        for spelling, kind in (
            (accented if _HAS_ACCENT.search(lowered) else term, Kind.ACCENTED),
            (self._stem(folded), Kind.SPELLING),
            (self._stem(write_digraphs(lowered, self.language.code)), Kind.SPELLING),
        ):
            if spelling not in seen:
                seen.add(spelling)
                yield Extra(start, end, spelling, kind)

    def _parts(self, word: str, start: int) -> Iterator[Extra]:
        """Yield the parts of a word with digits or with capitals inside it."""
        if word.isdigit():
            if len(word) > _TELEPHONE:
                yield Extra(start, start + len(word), word[-_TELEPHONE:], Kind.PART)
            return
        if len(word) > LONGEST_TERM or not (_HAS_DIGIT.search(word) or _HAS_HUMP.search(word)):
            return
        pieces = [(m.start() + at, hump) for m in _APART.finditer(word) for at, hump in _humps(m[0])]
        if not 1 < len(pieces) <= MOST_JOINED:
            return
        for at, piece in pieces:
            kind = Kind.PART if len(piece) > 1 else Kind.FRAGMENT
            yield Extra(start + at, start + at + len(piece), self._stem(lower(piece, self.language.code)), kind)
        if len(pieces) > 2:
            for (at, first), (_, second) in pairwise(pieces):
                joined = lower(first + second, self.language.code)
                yield Extra(start + at, start + at + len(first) + len(second), self._stem(joined), Kind.PART)

    def _number(self, number: str, start: int) -> Token:
        end = start + len(number)
        digits = re.sub(r"[.,]", "", fold(number))[:LONGEST_TERM]
        if "," in number and _THOUSANDS.fullmatch(number):
            return Token(start, end, digits, digits)
        whole = fold(number.replace(",", "."))[:LONGEST_TERM].rstrip(".")
        groups = whole.split(".")
        parts = {whole: None, **{".".join(groups[:n]): None for n in range(1, len(groups))}, **dict.fromkeys(groups)}
        extras = [Extra(start, end, part, Kind.PART) for part in list(parts)[1 : MOST_JOINED + 1]]
        if _THOUSANDS.fullmatch(number):
            extras.append(Extra(start, end, digits, Kind.JOINED))
        return Token(start, end, whole, whole, extras=tuple(extras))

    def _abbreviation(self, written: str, start: int) -> Token:
        """Return the token of letters with dots between them: "U.S.A." is "USA"."""
        token, end = self._word(written.replace(".", ""), start), start + len(written)
        return token._replace(end=end, extras=tuple(extra._replace(start=start, end=end) for extra in token.extras))

    def _with_apostrophe(self, stretch: str, words: Sequence[tuple[int, int]]) -> Token:
        code, (start, _), (_, stop) = self.language.code, words[0], words[-1]
        parts = [(first, stretch[first:last]) for first, last in words]
        if fold(lower(parts[0][1], code)) in self.language.elided:
            parts = parts[1:]
        has_ending = len(parts) > 1 and (parts[-1][1] in "sS" or code in WITH_ENDING_AFTER_APOSTROPHE)
        kept = parts[:-1] if has_ending else parts
        token = self._word("".join(part for _, part in kept), kept[0][0])
        extras = [extra._replace(end=stop) for extra in token.extras]
        if has_ending:
            whole = self._stem(lower("".join(part for _, part in parts), code))
            extras += [Extra(start, stop, whole, Kind.SPELLING)] if whole != token.term else []
        if len(kept) > 1:
            for first, part in kept:
                kind = Kind.PART if len(part) > 1 else Kind.FRAGMENT
                extras.append(Extra(first, first + len(part), self._stem(lower(part, code)), kind))
        is_stop_word = all(len(part) == 1 or lower(part, code) in self.language.stop_words for _, part in parts)
        folded = fold(lower("".join(part for _, part in parts), code))
        return token._replace(
            start=start, end=stop, folded=folded, is_stop_word=token.is_stop_word or is_stop_word, extras=tuple(extras)
        )

    def _with_signs(self, stretch: str, start: int, end: int, word: str) -> Token:
        """Return the token of a word whose signs mean something: C++, C#, .NET, A+."""
        plain = self._word(word, stretch.index(word, start))
        written = fold(lower(stretch[start:end], self.language.code))[:LONGEST_TERM]
        part = Extra(plain.start, plain.end, plain.term, Kind.PART)
        return Token(start, end, written, written, extras=(part, *plain.extras))

    def _unspaced(self, word: str, start: int) -> Iterator[Token]:
        at = 0
        for begin, end in (*scripts.runs(word), (len(word), len(word))):
            if at < begin and (between := self._word(word[at:begin], start + at)).term:
                yield between
            if begin == end:
                return
            run = word[begin:end]
            if scripts.is_hangul(run):
                yield self._korean(run, start + begin)
            else:
                yield from self._segmented(run, start + begin)
            at = end

    def _korean(self, run: str, start: int) -> Token:
        folded = unicodedata.normalize("NFKC", run)
        noun = scripts.strip_korean_ending(folded[:LONGEST_TERM])
        extras = []
        if len(folded) == len(run):
            kind = Kind.PAIR if len(noun) > 2 else Kind.FRAGMENT
            for begin, end in scripts.pairs(noun):
                extras.append(Extra(start + begin, start + end, noun[begin:end], kind))
            for begin, end in [*scripts.letters(run), *scripts.pairs(run)]:
                extras.append(Extra(start + begin, start + end, folded[begin:end], Kind.FRAGMENT))
        return _without_repetition(
            Token(
                start,
                start + len(run),
                noun[:LONGEST_TERM],
                folded[:LONGEST_TERM],
                folded in self.language.stop_words,
                tuple(extras),
            )
        )

    def _segmented(self, run: str, start: int) -> Iterator[Token]:
        """Yield the words of Chinese, Japanese, Thai, Khmer, Lao or Burmese, with their letters and pairs of these.

        Where ICU cuts a query and a page differently, the pairs find it.
        """
        code, is_cjk = self.language.code, scripts.is_cjk(run)
        letters, pairs = scripts.letters(run), scripts.pairs(run)
        for begin, end in scripts.words(run, code):
            written = self._write(run[begin:end])[:LONGEST_TERM]
            extras = []
            for first, last in _beginning_within(letters, begin, end) if is_cjk else ():
                extras.append(Extra(start + first, start + last, self._write(run[first:last]), Kind.FRAGMENT))
            for first, last in _beginning_within(pairs, begin, end):
                kind = Kind.PAIR if last <= end else Kind.FRAGMENT
                extras.append(Extra(start + first, start + last, self._write(run[first:last]), kind))
            yield _without_repetition(
                Token(start + begin, start + end, written, written, written in self.language.stop_words, tuple(extras))
            )

    def _write(self, text: str) -> str:
        text = fold(unicodedata.normalize("NFKC", text).casefold())
        # Japanese has characters that are simplified in Chinese, and others that are not.
        return text if self.language.code == "ja" else simplify(text)

    def _join(self, stretch: str, compound: Sequence[Token], breaks: Sequence[int]) -> list[Token]:
        """Return the tokens of a compound, the first of several with what they are when written as one."""
        tokens = list(compound)
        if not 1 < len(tokens) <= 2 * MOST_JOINED:
            return tokens
        spans = {(0, len(tokens))}
        for first, last in pairwise([0, *breaks, len(tokens)]):
            spans.add((first, last))
            # Not "of-the" in "state-of-the-art".
            pairs = [(n, n + 2) for n in range(first, last - 1)]
            spans.update(pair for pair in pairs if not any(token.is_stop_word for token in tokens[slice(*pair)]))
        for first, last in sorted(spans):
            if 1 < last - first <= MOST_JOINED:
                joined = self._joined(stretch, compound[first:last])
                if all(joined.term != extra.term for extra in tokens[first].extras):
                    tokens[first] = tokens[first]._replace(extras=(*tokens[first].extras, joined))
        return tokens

    def _joined(self, stretch: str, tokens: Sequence[Token]) -> Extra:
        start, end = tokens[0].start, tokens[-1].end
        sign = "&" if "&" in stretch[tokens[0].end : tokens[1].start] else ""
        return self.join(tokens, start, end, sign)

    def join(self, tokens: Sequence[Token], start: int, end: int, sign: str = "") -> Extra:
        """Return the term of several words written as one.

        Args:
            tokens: two or more.
            start: offset of the first character.
            end: offset after the last one.
            sign: what stays between them.
        """
        return Extra(start, end, self._stem(sign.join(token.folded for token in tokens)), Kind.JOINED)

    def _side_by_side(self, text: str) -> Iterator[Extra]:
        """Yield what is found joined although white space separates it: numbers, and letters beside an ampersand."""
        if " & " in text:
            for match in _AMPERSAND.finditer(text):
                code = self.language.code
                joined = f"{fold(lower(match[1], code))}&{fold(lower(match[2], code))}"
                yield Extra(match.start(), match.end(), joined, Kind.JOINED)
        if not _has_digits_side_by_side(text):
            return
        for match in _DIGITS_SIDE_BY_SIDE.finditer(text):
            if not re.search(r"\s", match[0]):
                continue
            words = [(m.start() + match.start(), m[0]) for m in WORD.finditer(match[0])][: 2 * MOST_JOINED]
            written = [fold(lower(word, self.language.code)) for _, word in words]
            spans = {(n, n + 2) for n in range(len(words) - 1)} | {(0, len(words))}
            for first, last in sorted(spans):
                joined = "".join(written[first:last])
                if 1 < last - first <= MOST_JOINED and len(joined) <= LONGEST_CACHED:
                    start, end = words[first][0], words[last - 1][0] + len(words[last - 1][1])
                    if any(character.isspace() for character in text[start:end]):
                        yield Extra(start, end, joined, Kind.JOINED)
                    if joined.isdigit() and len(joined) > _TELEPHONE:
                        yield Extra(start, end, joined[-_TELEPHONE:], Kind.JOINED)


@cache
def _libraries() -> str:
    """Return the versions of what words are read with."""
    return f"icu {icu4py.icu_version}, snowball {version('PyStemmer')}, unicode {unicodedata.unidata_version}"


_QUICK = re.compile(r"\d\S{0,20}[ \u00a0\u202f]\S{0,20}\d")


def _has_digits_side_by_side(text: str) -> bool:
    return _QUICK.search(text) is not None


def _count_words(words: Sequence[tuple[int, int]], end: int) -> int:
    """Return how many words end by an offset; 0 where it is within one."""
    stops = [stop for _, stop in words]
    return stops.index(end) + 1 if end in stops else 0


def _humps(word: str) -> list[tuple[int, str]]:
    """Return the parts of a word with capitals inside it, each with its offset; the word itself where it has none."""
    return [(hump.start(), hump[0]) for hump in _HUMP.finditer(word)] if _HAS_HUMP.search(word) else [(0, word)]


def _split(text: str) -> list[str]:
    """Return the stretches of a text; it is cut where white space is, as nearly every one of them ends there."""
    stretches = text.split()
    if len(max(stretches, key=len, default="")) <= LONGEST_CACHED:
        return stretches
    return list(
        chain.from_iterable([one] if len(one) <= LONGEST_CACHED else _STRETCH.findall(one) for one in stretches)
    )


def _count(tokens: Sequence[Token]) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """Return the terms of a stretch, those of words that are read otherwise than they are written, and its length.

    The parts of words in scripts without spaces are among the first.
    """
    extras = [extra for token in tokens for extra in token.extras]
    terms = (*(token.term for token in tokens), *(extra.term for extra in extras if extra.kind not in SECONDARY))
    secondary = tuple(extra.term for extra in extras if extra.kind in SECONDARY)
    return terms, secondary, sum(not token.is_stop_word for token in tokens)


#: What ``_count`` returns, one by one.
_TERMS, _SECONDARY, _LENGTH = map(itemgetter, range(3))


def _beginning_within(spans: Sequence[tuple[int, int]], begin: int, end: int) -> Sequence[tuple[int, int]]:
    return spans[bisect_left(spans, (begin,)) : bisect_left(spans, (end,))]


def _is_apostrophe(between: str) -> bool:
    return len(between) == 1 and between in _APOSTROPHES


def _is_link(between: str) -> bool:
    return (len(between) == 1 and between in _HYPHENS) or between in _SEPARATORS or between == ""


def _without_repetition(token: Token) -> Token:
    """Return a token whose further terms differ from its own, and each stands in one place only once."""
    extras: dict[tuple[str, int], Extra] = {}
    for extra in token.extras:
        if extra.term != token.term:
            known = extras.get((extra.term, extra.start))
            if known is None or extra.kind < known.kind:
                extras[extra.term, extra.start] = extra
    return token._replace(extras=tuple(extras.values()))


def title_term(tokens: Sequence[Token]) -> str:
    """Return the term that only a text of exactly these words has, whatever their capitals, accents and punctuation."""
    return "=" + "".join(token.folded for token in tokens)[:LONGEST_TERM] if tokens else ""


def address_term(tokens: Sequence[Token]) -> str:
    """Return the term that only a page has whose slug is of exactly these words."""
    return "=/" + title_term(tokens)[1:] if tokens else ""


def is_title_term(term: str) -> bool:
    """Return whether a term is one of ``title_term`` or ``address_term``, and no word."""
    return term.startswith("=")
