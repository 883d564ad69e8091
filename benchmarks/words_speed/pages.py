"""As many pages of real text as are wanted: collections again and again, each time with other words in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random

from ..documents import Document

#: Share of the words of a copy that are replaced by others of the collections.
CHANGED_WORDS = 0.08
_WORD = re.compile(r"\S+")


def replicate(documents: Sequence[Document], pages: int, *, changed: float = CHANGED_WORDS) -> Iterator[Document]:
    """Yield documents, and then copies of them, until there are so many pages; always the same ones.

    Args:
        documents: at least one.
        pages: number of pages.
        changed: share of the words of a copy that are replaced. A frequent word comes in as often as it stands there.
    """
    words = words_of(documents)
    random = Random(0)
    for number in range(pages):
        document = documents[number % len(documents)]
        yield document if number < len(documents) else vary(document, words, random, changed)


def words_of(documents: Sequence[Document]) -> list[str]:
    """Return all words of documents, repetitions included."""
    return [word for document in documents for word in _WORD.findall(f"{document.title} {document.text}")]


def vary(document: Document, words: Sequence[str], random: Random, changed: float = CHANGED_WORDS) -> Document:
    """Return a document with some of its words replaced.

    Args:
        document: it stays as it is.
        words: what they are drawn from.
        random: what draws them.
        changed: share of the words that are replaced.
    """

    def replace(text: str) -> str:
        return _WORD.sub(lambda word: random.choice(words) if random.random() < changed else word[0], text)

    return Document(replace(document.title), replace(document.text))
