"""Scripts that put no spaces between words, and Korean, which joins particles to them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from icu4py.breakers import WordBreaker

#: Chinese and Japanese, as ranges of a character class.
CJK = "\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: Thai, Lao, Burmese and Khmer.
SOUTH_EAST_ASIAN = "\u0e01-\u0edf\u1000-\u109f\u1780-\u17dd"
#: Korean.
HANGUL = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7af"

IS_UNSPACED = re.compile(f"[{CJK}{SOUTH_EAST_ASIAN}{HANGUL}\uff66-\uffdc]")
_RUN = re.compile(f"[{CJK}\uff66-\uff9f]+|[{HANGUL}\uffa0-\uffdc]+|[{SOUTH_EAST_ASIAN}]+")
_IS_CJK = re.compile(f"[{CJK}\uff66-\uff9f]")
_IS_HANGUL = re.compile(f"[{HANGUL}\uffa0-\uffdc]")

# Vowel signs and tones mean nothing without their letter, nor do the voicing marks of kana of half width.
_SIGNS = "".join(sign for sign in map(chr, range(0x0E00, 0x17DE)) if unicodedata.category(sign)[0] == "M")
_CLUSTER = re.compile(f".[{_SIGNS}\uff9e\uff9f]*", re.DOTALL)

#: Particles of Korean nouns and endings of its most frequent verbs, longest first.
_KOREAN_ENDINGS = sorted(
    [
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "의",
        "에",
        "에서",
        "에게",
        "께",
        "로",
        "으로",
        "와",
        "과",
        "도",
        "만",
        "부터",
        "까지",
        "보다",
        "처럼",
        "마다",
        "이나",
        "나",
        "든지",
        "조차",
        "밖에",
        "에는",
        "에도",
        "에서는",
        "으로는",
        "로는",
        "에게서",
        "한테",
        "이라는",
        "라는",
        "이란",
        "란",
        "이며",
        "하며",
        "하고",
        "이고",
        "하는",
        "하다",
        "합니다",
        "입니다",
        "이다",
        "했다",
        "한",
        "할",
        "함",
        "들",
        "들은",
        "들이",
        "들을",
        "들의",
    ],
    key=len,
    reverse=True,
)
_KOREAN_NOUN = 2


def runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of text in one of these scripts."""
    for match in _RUN.finditer(text):
        yield match.span()


def is_unspaced(word: str) -> bool:
    """Return whether a word is in a script that puts no spaces between words; Korean does."""
    return IS_UNSPACED.search(word) is not None and not is_hangul(word)


def is_hangul(text: str) -> bool:
    """Return whether a run is Korean."""
    return _IS_HANGUL.match(text) is not None


def is_cjk(text: str) -> bool:
    """Return whether a run is Chinese or Japanese."""
    return _IS_CJK.match(text) is not None


def words(run: str, language: str) -> list[tuple[int, int]]:
    """Return the spans of the words of a run, by ICU's dictionaries."""
    spans, start = [], 0
    # Offsets of ``segments()`` count UTF-16 units; strings can be added up.
    for word in WordBreaker(run, language):
        spans.append((start, start + len(word)))
        start += len(word)
    return spans


def letters(run: str) -> list[tuple[int, int]]:
    """Return the spans of letters, each with its signs."""
    return [match.span() for match in _CLUSTER.finditer(run)]


def pairs(run: str) -> list[tuple[int, int]]:
    """Return the spans of overlapping pairs of letters."""
    return [(first[0], second[1]) for first, second in pairwise(letters(run))]


def strip_korean_ending(word: str) -> str:
    """Return a Korean word without its particle; words of two syllables or fewer stay."""
    for ending in _KOREAN_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _KOREAN_NOUN:
            return word[: -len(ending)]
    return word
