"""Synthetic pages of about 200 words, and queries that some of them answer. Pure; the same on every machine.

The frequencies of words follow Zipf's law, as in any language. A page has a topic, and a topic has a subject; both have
words of their own, a few of which are frequent: without these every page would be as near to a query as every other.
The numbers below make the nearest pages as hard to tell apart as those of real text: the local intrinsic dimension of
their embeddings (Levina & Bickel, "Maximum likelihood estimation of intrinsic dimension", NIPS 2004) is about that of
the abstracts in Cranfield and CISI.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..documents import Document

#: Words of the vocabulary.
SIZE = 30_000

#: Its words are these, and compounds of two of them.
_ROOTS = """
water stone light path river house field wood fire wind snow rain cloud storm earth sand salt iron gold silver glass
paper cloth thread needle wheel rope chain nail hammer blade knife fork spoon plate table chair door window wall roof
floor stair bridge road street market shop bank school church tower castle garden farm barn mill well spring lake
ocean island coast beach cliff hill mountain valley forest meadow desert swamp moon star sun planet sky night day
morning evening summer winter autumn year month week hour clock watch bell song drum horn string voice word letter
book page story poem picture paint brush color shape line circle square point edge corner center side front back top
base head hand foot arm leg eye ear nose mouth tooth tongue hair skin bone blood heart brain horse cow sheep goat pig
dog cat mouse bird fish snake frog bee ant worm tree leaf root branch seed flower fruit apple berry grape nut corn
wheat rice bread cake milk butter cheese egg meat soup tea coffee wine beer sugar honey pepper oil king queen prince
knight soldier guard judge doctor nurse teacher student farmer baker smith driver pilot sailor hunter painter singer
dancer writer speaker leader worker friend guest child mother father sister brother uncle power force motion speed
weight measure number signal switch engine motor pump valve pipe tube wire cable circuit screen button key lock
code file folder network server client record model system process method value result report plan
"""

ROOTS = _ROOTS.split()

WORDS = 200
SENTENCE = 14
PARAGRAPH = 5
#: Pages that share a topic, and the words that it has.
TOPIC_PAGES, TOPIC_WORDS = 50, 20
#: Subjects of a site, and the words that each has.
SUBJECTS, SUBJECT_WORDS = 20, 100
#: Share of a page's words that belong to its topic, and to its subject.
TOPIC_SHARE, SUBJECT_SHARE = 0.35, 0.35
#: The same of a query.
TOPIC_SHARE_OF_QUERY, SUBJECT_SHARE_OF_QUERY = 0.6, 0.2
# How much more often the first words of a topic or subject stand on its pages than the last.
_STEEPNESS = 1.1
# Topics and subjects have none of the most frequent words.
_COMMON = 300


def make_vocabulary(seed: int = 0) -> list[str]:
    """Return ``SIZE`` different words, the most frequent first: roots, then compounds such as "riverstone"."""
    random = np.random.default_rng(seed)
    words = dict.fromkeys(ROOTS)
    while len(words) < SIZE:
        first, second = random.integers(0, len(ROOTS), 2)
        words[ROOTS[first] + ROOTS[second]] = None
    return list(words)


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
        self._common = _cumulative((np.arange(SIZE) + 2.7) ** -1.05)
        self._of_topic = _cumulative((np.arange(TOPIC_WORDS) + 1.0) ** -_STEEPNESS)
        self._of_subject = _cumulative((np.arange(SUBJECT_WORDS) + 1.0) ** -_STEEPNESS)
        random = np.random.default_rng([seed, 1])
        self._topics = random.integers(_COMMON, SIZE, (max(pages // TOPIC_PAGES, 10), TOPIC_WORDS))
        self._subjects = random.integers(_COMMON, SIZE, (SUBJECTS, SUBJECT_WORDS))

    def documents(self) -> Iterator[Document]:
        """Make the pages, one at a time."""
        random = np.random.default_rng([self._seed, 2])
        for _ in range(self.pages):
            topic = int(random.integers(len(self._topics)))
            length = int(np.clip(random.normal(WORDS, WORDS / 5), WORDS / 4, WORDS * 2))
            title = self._vocabulary[random.choice(self._topics[topic], 4, replace=False)]
            words = self._draw(length, topic, (TOPIC_SHARE, SUBJECT_SHARE), random)
            yield Document(" ".join(title).capitalize(), _write(words))

    def queries(self, number: int) -> list[str]:
        """Return queries of two to six words, most of them of one topic."""
        random = np.random.default_rng([self._seed, 3])
        shares = (TOPIC_SHARE_OF_QUERY, SUBJECT_SHARE_OF_QUERY)
        topics = random.integers(0, len(self._topics), number)
        return [" ".join(self._draw(int(random.integers(2, 7)), int(topic), shares, random)) for topic in topics]

    def _draw(self, length: int, topic: int, shares: tuple[float, float], random: np.random.Generator) -> Sequence[str]:
        of_topic, of_subject = shares
        kind = random.random(length)
        ranks = _pick(self._common, length, random)
        own, near = kind < of_topic, (kind >= of_topic) & (kind < of_topic + of_subject)
        subject = self._subjects[topic % SUBJECTS]
        ranks[own] = self._topics[topic][_pick(self._of_topic, int(own.sum()), random)]
        ranks[near] = subject[_pick(self._of_subject, int(near.sum()), random)]
        return list(self._vocabulary[ranks])


def _cumulative(weights: NDArray[Any]) -> NDArray[np.float64]:
    return np.cumsum(weights / weights.sum())


def _pick(cumulative: NDArray[np.float64], number: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Return places in a cumulative distribution, at random."""
    return np.minimum(np.searchsorted(cumulative, random.random(number)), len(cumulative) - 1)


def _write(words: Sequence[str]) -> str:
    """Return words as sentences and paragraphs."""
    starts = range(0, len(words), SENTENCE)
    sentences = [" ".join(words[start : start + SENTENCE]).capitalize() + "." for start in starts]
    starts = range(0, len(sentences), PARAGRAPH)
    return "\n\n".join(" ".join(sentences[start : start + PARAGRAPH]) for start in starts)
