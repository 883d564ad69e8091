"""The languages, and which part of each edition becomes pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ..documents import Document
from .handbook import ENGLISH, Section, leave_out_english, read_edition

#: Edition by Django's code of the language.
EDITIONS: Mapping[str, str] = {
    "en": ENGLISH,
    "de": "de-DE",
    "nl": "nl-NL",
    "nb": "nb-NO",
    "sv": "sv-SE",
    "fr": "fr-FR",
    "es": "es-ES",
    "ca": "ca-ES",
    "it": "it-IT",
    "pt-br": "pt-BR",
    "pl": "pl-PL",
    "cs": "cs-CZ",
    "hr": "hr-HR",
    "ru": "ru-RU",
    "el": "el-GR",
    "tr": "tr-TR",
    "id": "id-ID",
    "vi": "vi-VN",
    "ar": "ar-MA",
    "fa": "fa-IR",
    "ja": "ja-JP",
    "zh-hans": "zh-CN",
    "zh-hant": "zh-TW",
    "ko": "ko-KR",
}

#: Pages of a site at most; words of a page at most and at least.
MOST_PAGES, MOST_WORDS, LEAST_WORDS = 40, 400, 20
#: Pages without which a site says nothing.
LEAST_PAGES = 5

#: Returns the number of words of a text.
CountWords = Callable[[str], int]


def read_documents(
    editions: Path, language: str, english: Sequence[Section], count: CountWords, *, odd_chapters: bool
) -> list[Document]:
    """Return the documents of a language; few where little is translated.

    Args:
        editions: the folder of the editions.
        language: a key of ``EDITIONS``.
        english: the English edition.
        count: counts words in this language.
        odd_chapters: take the odd chapters, not the even ones.
    """
    name = EDITIONS[language]
    sections = english if name == ENGLISH else leave_out_english(read_edition(editions, name), english)
    return choose([section for section in sections if section.chapter % 2 == odd_chapters], count)


def choose(sections: Sequence[Section], count: CountWords) -> list[Document]:
    """Return documents of sections, evenly spread over them, each with a title of its own."""
    documents: dict[str, Document] = {}
    for section in sections:
        paragraphs = list(_first_paragraphs(section.paragraphs, count))
        if sum(map(count, paragraphs)) >= LEAST_WORDS:
            document = Document(section.title, "\n\n".join(paragraphs))
            documents.setdefault(section.title.casefold(), document)
    return spread(list(documents.values()), MOST_PAGES)


def spread(documents: Sequence[Document], number: int) -> list[Document]:
    """Return so many documents at even distances, in their order; all when there are no more."""
    if len(documents) <= number:
        return list(documents)
    return [documents[place * len(documents) // number] for place in range(number)]


def _first_paragraphs(paragraphs: Sequence[str], count: CountWords) -> Iterator[str]:
    words = 0
    for text in paragraphs:
        words += count(text)
        if words > MOST_WORDS:
            return
        yield text
