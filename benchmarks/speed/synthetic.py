"""Synthetic pages of about 200 words, and queries that some of them answer. Pure; the same on every machine.

How often a word stands in them follows Zipf's law, as in any language. Each page also has a topic with words of its
own, for without topics every page would be as near to a query as every other, as no site's are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..documents import Document
from .vocabulary import SIZE, make_vocabulary

WORDS = 200
SENTENCE = 14
PARAGRAPH = 5
#: Pages that share a topic, and the words that it has.
TOPIC_PAGES, TOPIC_WORDS = 50, 40
#: Share of the words that belong to the topic.
TOPIC_SHARE = 0.3
# Topics have none of the most frequent words.
_COMMON = 300


class Corpus:
    """A number of pages, and queries about them.

    Args:
        pages: number of pages.
        seed: another one makes other pages.
    """

    def __init__(self, pages: int, seed: int = 0) -> None:
        self.pages = pages
        self._seed = seed
        self._vocabulary = np.array(make_vocabulary(), dtype=object)
        weights = 1 / (np.arange(SIZE) + 2.7) ** 1.05
        self._cumulative = np.cumsum(weights / weights.sum())
        topics = max(pages // TOPIC_PAGES, 10)
        self._topics = np.random.default_rng([seed, 1]).integers(_COMMON, SIZE, (topics, TOPIC_WORDS))

    def documents(self) -> Iterator[Document]:
        """Make the pages, one at a time."""
        random = np.random.default_rng([self._seed, 2])
        for _ in range(self.pages):
            topic = self._topics[random.integers(len(self._topics))]
            length = int(np.clip(random.normal(WORDS, WORDS / 5), WORDS / 4, WORDS * 2))
            title = self._vocabulary[random.choice(topic, 4, replace=False)]
            yield Document(" ".join(title).capitalize(), _write(self._draw(length, topic, TOPIC_SHARE, random)))

    def queries(self, number: int) -> list[str]:
        """Return queries of two to six words, most of them of one topic."""
        random = np.random.default_rng([self._seed, 3])
        topics = self._topics[random.integers(0, len(self._topics), number)]
        return [" ".join(self._draw(int(random.integers(2, 7)), topic, 0.7, random)) for topic in topics]

    def _draw(self, length: int, topic: NDArray[np.int64], share: float, random: np.random.Generator) -> Sequence[str]:
        ranks = np.searchsorted(self._cumulative, random.random(length))
        own = random.random(length) < share
        ranks[own] = random.choice(topic, int(own.sum()))
        return list(self._vocabulary[np.minimum(ranks, SIZE - 1)])


def _write(words: Sequence[str]) -> str:
    """Return words as sentences and paragraphs."""
    starts = range(0, len(words), SENTENCE)
    sentences = [" ".join(words[start : start + SENTENCE]).capitalize() + "." for start in starts]
    starts = range(0, len(sentences), PARAGRAPH)
    return "\n\n".join(" ".join(sentences[start : start + PARAGRAPH]) for start in starts)
