"""What a hybrid search is compared with: another library's BM25, and reciprocal rank fusion of both legs.

Needs ``pip install -e '.[bench]'``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from ..documents import Document

#: Results of each ranking.
DEPTH = 100
#: Of reciprocal rank fusion (Cormack, Clarke & Büttcher, SIGIR 2009).
RRF_K = 60

BM25, RRF = "bm25", "rrf"
#: Keys with labels for the tables.
REFERENCES: Mapping[str, str] = {BM25: "BM25 of bm25s", RRF: "RRF of it and semantic"}


class Found(NamedTuple):
    """A page, by its primary key."""

    pk: int


@dataclass(frozen=True, slots=True)
class Results:
    """A ranking that can be read as Wagtail's results can."""

    pages: Sequence[Found]

    def __getitem__(self, part: slice) -> Sequence[Found]:
        return self.pages[part]

    def count(self) -> int:
        """Return the number of pages."""
        return len(self.pages)


def make_references(
    keys: Sequence[int], documents: Sequence[Document], semantic: Callable[[str], Any]
) -> dict[str, Callable[[str], Any]]:
    """Return the searches of ``REFERENCES``.

    Args:
        keys: of the pages.
        documents: that they hold, in the same order.
        semantic: the semantic leg, without a cut-off.
    """
    bm25 = _index(keys, [f"{document.title} {document.text}" for document in documents])

    def rrf(query: str) -> Results:
        return Results(fuse_reciprocal_ranks([bm25(query).pages, [Found(page.pk) for page in semantic(query)[:DEPTH]]]))

    return {BM25: bm25, RRF: rrf}


def fuse_reciprocal_ranks(rankings: Sequence[Sequence[Found]]) -> list[Found]:
    """Merge rankings by the sum of 1 / (60 + rank); best first, ties in the order of the first ranking."""
    scores: dict[Found, float] = defaultdict(float)
    for ranking in rankings:
        for rank, page in enumerate(ranking, start=1):
            scores[page] += 1 / (RRF_K + rank)
    return sorted(scores, key=lambda page: -scores[page])


def _index(keys: Sequence[int], texts: Sequence[str]) -> Callable[[str], Results]:
    """Index texts as Lucene does by default: k1 1.2, b .75, an English stemmer and stop words."""
    import bm25s
    import Stemmer

    cut = partial(bm25s.tokenize, stopwords="en", stemmer=Stemmer.Stemmer("english"), show_progress=False)
    index = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    index.index(cut(list(texts)), show_progress=False)

    def search(query: str) -> Results:
        words = cut([query], return_ids=False)[0]
        scores = index.get_scores(words) if words else []
        best = sorted((-score, place) for place, score in enumerate(scores) if score > 0)[:DEPTH]
        return Results([Found(keys[place]) for _, place in best])

    return search
