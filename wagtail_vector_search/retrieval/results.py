"""What a search returns: ranked pages, and the passage that each is shown with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .cutoff import Cutoff
    from .passages import PassageQuery
    from .prepare import PreparedSearch


class Legs(Flag):
    """The two searches a ranking can be made of."""

    SEMANTIC = 1
    KEYWORD = 2
    HYBRID = SEMANTIC | KEYWORD


#: What ``page.search_matched_by`` says of the two legs.
SEMANTIC = "semantic"
KEYWORD = "keyword"
#: What it says of a related page that an editor has pinned.
PINNED = "pinned"


class DegradedReason(StrEnum):
    """Why a search went on with words alone."""

    #: The database has no vectors.
    NOT_POSTGRESQL = "not_postgresql"
    #: No generation of the index serves yet.
    NOT_BUILT = "not_built"
    #: The provider gave no answer within ``QUERY_DEADLINE``.
    DEADLINE = "deadline"
    #: Too many searches wait for the provider already.
    BUSY = "busy"
    #: The provider failed.
    PROVIDER_ERROR = "provider_error"
    #: The provider has failed several times just now, and is left alone for a while.
    PROVIDER_DOWN = "provider_down"
    #: Searches have caused as many calls to the provider in the last minute as ``QUERY_CALLS_PER_MINUTE`` allows.
    BUDGET = "budget"
    #: A statement took longer than the ``statement_timeout`` of the database.
    DATABASE_TIMEOUT = "database_timeout"


@dataclass(frozen=True, slots=True)
class SearchPassage:
    """The chunk of a page that answers a query best.

    Args:
        heading: Heading that the passage stands under; empty for text before any heading.
        anchor: Fragment that leads to the heading on the rendered page; empty when it has none.
        text: Plain text as the editor wrote it: not escaped.
    """

    heading: str
    anchor: str
    text: str


class RankedPage(NamedTuple):
    """One page of a ranking.

    Args:
        page_id: Primary key of the page.
        score: What the ranking is sorted by; comparable within one ranking only.
        similarity: Cosine similarity of its best chunk to the query, -1 to 1; ``None`` when that leg did not find it.
        keyword_score: BM25 score, above 0; ``None`` when that leg did not find it.
        evidence: How much speaks for it, with its words and its place; ``None`` where there is no cut-off.
    """

    page_id: int
    score: float
    similarity: float | None = None
    keyword_score: float | None = None
    evidence: float | None = None

    @property
    def matched_by(self) -> tuple[str, ...]:
        """The legs that found it: ``"semantic"``, ``"keyword"`` or both."""
        found = ((SEMANTIC, self.similarity), (KEYWORD, self.keyword_score))
        return tuple(leg for leg, score in found if score is not None)


@dataclass(frozen=True, slots=True)
class RankingDetails:
    """How a ranking was made.

    Args:
        prepared: What was known of the query beforehand.
        semantic_weight: Share of the semantic leg, 0 to 1.
        cutoff: What was asked of a page; ``None`` where nothing was.
    """

    prepared: PreparedSearch
    semantic_weight: float
    cutoff: Cutoff | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The pages that answer a query, best first: at most the top 100 of each leg.

    Args:
        query: The query as it was read, after cleaning and cutting.
        using: Alias of the database that answered.
        pages: Best first; equal scores in the order of the primary key.
        degraded_reason: A ``DegradedReason``; empty when the search was what it should be.
        answered: Whether the index could answer at all. If not, ``pages`` is empty and says nothing.
        left_out: Pages that the legs found, and for which too little speaks.
        corrected_query: The query that was searched for in place of a misspelt one; empty when nothing was corrected.
        words: The terms of the query, stemmed and without stop words.
        passages: How to find the passage of a page for this query.
        details: What ``explain_ranking`` reads.
    """

    query: str
    using: str
    pages: tuple[RankedPage, ...] = ()
    left_out: tuple[RankedPage, ...] = ()
    corrected_query: str = ""
    degraded_reason: str = ""
    answered: bool = True
    words: tuple[str, ...] = ()
    passages: PassageQuery | None = None
    details: RankingDetails | None = None

    @property
    def degraded(self) -> bool:
        """Whether the search went on with words alone; ``degraded_reason`` says why."""
        return bool(self.degraded_reason)
