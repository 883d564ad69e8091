"""The values that formulas are about: terms of a query, hits of a leg, pages of a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..database.tables import PageKey

#: What ``page.search_matched_by`` says of the two legs.
SEMANTIC = "semantic"
KEYWORD = "keyword"
#: What it says of a related page that an editor has pinned.
PINNED = "pinned"


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One term of a query."""

    #: The term, as the analyzer makes it of a word.
    text: str
    #: How often the query has it; less for a term that only goes with a word.
    frequency: float
    #: Number of pages in the generation that have it.
    document_frequency: int
    #: Whether a page that answers the query is expected to have it.
    is_expected: bool = True
    #: Whether it stands for a word that was typed otherwise.
    is_corrected: bool = False


class Hit(NamedTuple):
    """A page that one leg found."""

    page_id: PageKey
    #: Cosine similarity or BM25 score: higher is better.
    score: float
    #: Whether its title is the query.
    has_title: bool = False
    #: Whether the semantic leg could have found it.
    has_vectors: bool = True
    #: When it was published last, in seconds; 0 if it never was.
    published: float = 0.0


class RankedPage(NamedTuple):
    """One page of a ranking."""

    page_id: PageKey
    #: What the ranking is sorted by; comparable within one ranking only.
    score: float
    #: Cosine similarity of its best chunk to the query, -1 to 1; ``None`` when that leg did not find it.
    similarity: float | None = None
    #: BM25 score, above 0; ``None`` when that leg did not find it.
    keyword_score: float | None = None
    #: What is compared with the cut-off; ``None`` where there is no cut-off.
    evidence: float | None = None
    #: Whether the cut-off would let the similarity through without the terms.
    is_near: bool = True
    #: Whether its title is the query: then it is among the first.
    has_title: bool = False
    #: Whether the semantic leg could have found it; a page that waits for its vectors is judged by its words alone.
    has_vectors: bool = True
    #: When it was published last, in seconds; 0 if it never was.
    published: float = 0.0

    @property
    def matched_by(self) -> tuple[str, ...]:
        """The legs that find it by themselves: ``"semantic"``, ``"keyword"`` or both."""
        found = ((SEMANTIC, self.similarity is not None and self.is_near), (KEYWORD, self.keyword_score is not None))
        return tuple(leg for leg, is_found in found if is_found)
