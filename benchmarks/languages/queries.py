"""Queries for a site in any language: words that stand on one page, and words about nothing on it. Pure.

What is a word is decided here and not by the package, whose decision is what is measured.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random

from ..documents import Document

#: By set (``report`` or ``development``) and language: 20 everyday queries, written by hand. None is about computers.
OFF_TOPIC: dict[str, dict[str, list[str]]] = json.loads(
    Path(__file__).with_name("off_topic.json").read_text(encoding="utf-8")
)

#: Languages that put no space between words, with what counts as a word there; in Japanese not what is Hiragana alone,
#: which are endings for the most part.
_UNSPACED = {
    "ja": re.compile(r"(?![\u3040-\u309f]+$)[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff]{2,4}"),
    "zh": re.compile(r"[\u3007\u3400-\u9fff]{2,4}"),
    "th": re.compile(r"[\u0e00-\u0e7f]{2,}"),
}
_TOKEN = re.compile(r"\w+")
_WORD = re.compile(r"[^\W\d_]{4,}")
#: Hangul writes a syllable with one character.
_HANGUL = re.compile(r"[\uac00-\ud7a3]{3,}")


def count_words(text: str, language: str) -> int:
    """Return the number of words by ICU's word boundaries."""
    return sum(any(letter.isalnum() for letter in part) for part in _split(text, language))


def words_of_one_page(documents: Sequence[Document], language: str, known: str = "") -> list[str]:
    """Return for each document a word that stands in no other; empty where it has none.

    Args:
        documents: of the site.
        language: their language.
        known: words that stand in this text are not taken, such as names of programs, which every edition has.
    """
    texts = [lower(f"{document.title}\n{document.text}", language) for document in documents]
    if language[:2] in _UNSPACED:
        return [_draw(_unspaced_words(texts, place, language, known)) for place in range(len(texts))]
    is_word = (_HANGUL if language == "ko" else _WORD).fullmatch
    tokens = [set(_TOKEN.findall(text)) for text in (*texts, lower(known, language))]
    pages_with = Counter(token for found in tokens for token in found)
    return [_draw({token for token in found if pages_with[token] == 1 and is_word(token)}) for found in tokens[:-1]]


def lower(text: str, language: str) -> str:
    """Return a text in lower case, with the two letters i of Turkish."""
    if language == "tr":
        text = text.replace("\u0130", "i").replace("I", "\u0131")
    return text.lower()


def _unspaced_words(texts: Sequence[str], place: int, language: str, known: str) -> set[str]:
    others = "\n".join([*texts[:place], *texts[place + 1 :], known])
    is_word = _UNSPACED[language[:2]].fullmatch
    return {part for part in _split(texts[place], language) if is_word(part) and part not in others}


def _split(text: str, language: str) -> Iterator[str]:
    from icu4py.breakers import WordBreaker

    return iter(WordBreaker(text, language))


def _draw(words: set[str]) -> str:
    """Return one of the words, for the same words always the same."""
    ordered = sorted(words)
    return Random(len(ordered)).choice(ordered) if ordered else ""


def word_counter(language: str) -> partial[int]:
    """Return ``count_words`` for one language."""
    return partial(count_words, language=language)
