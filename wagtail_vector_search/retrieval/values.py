"""What a search is asked for, what it knows, and what it returns: values without behaviour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Flag, StrEnum
from typing import Any, NamedTuple, Protocol, Self, runtime_checkable

from ..analysis import Analyzer
from ..database.tables import PageKey
from ..generations.serving import ServingGeneration
from ..models import AbstractEmbedding
from ..ranking.cutoff import Cutoff
from ..ranking.values import QueryTerm, RankedPage


class Legs(Flag):
    """The two searches a ranking can be made of."""

    SEMANTIC = 1
    KEYWORD = 2
    HYBRID = SEMANTIC | KEYWORD


class DegradedReason(StrEnum):
    """Why a search went on with words alone."""

    #: The database has no vectors.
    NOT_POSTGRESQL = "not_postgresql"
    #: No generation of the index serves yet.
    NOT_BUILT = "not_built"
    #: The model is being looked up or loaded, which takes longer than ``QUERY_DEADLINE`` where a process begins.
    LOADING = "loading"
    #: The provider gave no answer within ``QUERY_DEADLINE``.
    DEADLINE = "deadline"
    #: Too many searches wait for the provider already.
    BUSY = "busy"
    #: The provider failed.
    PROVIDER_ERROR = "provider_error"
    #: The provider has failed several times just now, and its circuit breaker is open.
    PROVIDER_DOWN = "provider_down"
    #: Searches have caused as many calls to the provider in the last minute as ``QUERY_CALLS_PER_MINUTE`` allows.
    BUDGET = "budget"
    #: A statement took longer than the database's ``statement_timeout``, or waited longer than its ``lock_timeout``.
    DATABASE_TIMEOUT = "database_timeout"
    #: The database refuses to read the index: tables or rights are missing, or the extension is not found.
    INDEX_UNREADABLE = "index_unreadable"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the first statement of a search says about how the others may be run."""

    #: Number of candidates; counted no further than one above ``exact_scan_limit``, and not counted where a search is
    #: about the whole of a large site.
    candidate_count: int
    #: The most candidates whose chunks are scanned one by one.
    exact_scan_limit: int
    #: Whether the circuit breaker of the provider is open.
    circuit_is_open: bool = False

    @property
    def uses_exact_scan(self) -> bool:
        """Whether the candidates are so few that looking at each is quicker than any index, and exact."""
        return self.candidate_count <= self.exact_scan_limit


@dataclass(frozen=True, slots=True)
class QueryVector:
    """The vector of a query, or why there is none."""

    #: The vector as PostgreSQL reads it; empty when there is none.
    literal: str = field(default="", repr=False)
    #: A ``DegradedReason``; empty when there is a vector or when none was asked for.
    reason: str = ""


class FoundRow(NamedTuple):
    """A row of a leg's statement."""

    page_id: PageKey
    #: Cosine similarity or BM25 score.
    score: float
    #: Chunks that a walk of the HNSW index has turned up, for all pages; 0 elsewhere.
    walked: int = 0
    #: When the page was published last, in seconds; ``None`` if it never was.
    published: float | None = None
    #: Whether the semantic leg could have found it.
    has_vectors: bool = True


@dataclass(frozen=True, slots=True)
class EarlyHits:
    """What statements have found before it was the turn of the legs."""

    #: Of the query, or why there is none; ``None`` where that is not known yet.
    vector: QueryVector | None = None
    #: Best first; ``None`` where that leg was not run.
    keyword: Sequence[FoundRow] | None = None
    #: The same of the other leg, in any order.
    semantic: Sequence[FoundRow] | None = None
    #: Whether each candidate was looked at for that.
    is_exact: bool = False
    #: What was searched for, and among which pages: others make these hits void.
    terms: tuple[QueryTerm, ...] = ()
    candidates: Any = None


@dataclass(frozen=True, slots=True)
class SearchPassage:
    """The chunk of a page that answers a query best."""

    #: Heading above the passage; empty for text before any heading.
    heading: str
    #: Fragment that leads to the heading on the rendered page; empty when it has none.
    anchor: str
    #: Plain text as the editor wrote it: not escaped.
    text: str


@runtime_checkable
class SearchHit(Protocol):
    """A page as a search or ``related_pages`` returns it: a page of Wagtail with these attributes besides its own.

    For annotations in a project::

        def teaser(page: SearchHit) -> str:
            return page.search_passage.text if page.search_passage else ""
    """

    pk: PageKey
    #: The score, comparable within one search only; ``None`` for a pinned page, or where the keyword backend answered.
    search_score: float | None
    #: What found the page: ``"semantic"``, ``"keyword"``, both, or ``"pinned"``.
    search_matched_by: tuple[str, ...]
    #: The chunk that answers the query best; ``None`` when there is none to show.
    search_passage: SearchPassage | None


@dataclass(frozen=True, slots=True)
class PassageQuery:
    """How to choose among the chunks of a page.

    Chunks are compared by the same two things as pages, with the same weight: how near a chunk is to the query, and
    how much of the query's terms, by their inverse document frequency, it has.
    """

    #: The table of the chunks.
    vector_table: type[AbstractEmbedding]
    #: The generation to read.
    generation_id: int
    #: Vector of the query, as PostgreSQL reads it; empty when the search went on with words alone. Templates cannot
    #: read a name that begins with an underscore.
    _vector: str = field(repr=False)
    #: What each term of the query counts; together 1.
    shares: Mapping[str, float] = field(hash=False)
    #: Languages that the query was read in.
    analyzers: tuple[Analyzer, ...]
    #: Share of the nearness, 0 to 1.
    semantic_weight: float


@dataclass(frozen=True, slots=True)
class RankingDetails:
    """How a ranking was made."""

    #: The generation that was searched.
    generation: ServingGeneration
    #: Terms that were searched for.
    terms: tuple[QueryTerm, ...]
    #: The word of the query that each term was made of, as it was typed; of a corrected query, the corrected word.
    typed: Mapping[str, str]
    #: The legs that were run.
    legs: Legs
    #: Share of the semantic leg, 0 to 1.
    semantic_weight: float
    #: The evidence that a page needs; ``None`` where there is no cut-off.
    cutoff: Cutoff | None


class SearchTerms(tuple[str, ...]):
    """The terms of a query. ``highlight`` marks the words that they stand for."""

    analyzers: tuple[Analyzer, ...]

    def __new__(cls, terms: Iterable[str] = (), analyzers: tuple[Analyzer, ...] = ()) -> Self:
        """Make it of the terms and of what reads words as the query was read."""
        made = super().__new__(cls, tuple(terms))
        made.analyzers = analyzers
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The pages that answer a query, best first: at most the top 100 of each leg."""

    #: The query as it was read, after cleaning and cutting.
    query: str
    #: Alias of the database that answered.
    using: str
    #: Best first; of equal scores the page that was published last.
    pages: tuple[RankedPage, ...] = ()
    #: Pages that the legs found and the cut-off left out, best first.
    left_out: tuple[RankedPage, ...] = ()
    #: The query that was searched for in place of a misspelt one; empty when nothing was corrected.
    corrected_query: str = ""
    #: A ``DegradedReason``; empty when the search was what it should be.
    degraded_reason: str = ""
    #: Whether the index could answer at all. If not, ``pages`` is empty and says nothing.
    answered: bool = True
    #: How to find the passage of a page for this query.
    passages: PassageQuery | None = None
    #: Whether some pages may stand for aliases of theirs, which the queryset holds in their place.
    with_aliases: bool = False
    #: What ``explain_pages`` reads.
    details: RankingDetails | None = None

    @property
    def degraded(self) -> bool:
        """Whether the search went on with words alone; ``degraded_reason`` says why."""
        return bool(self.degraded_reason)

    @property
    def terms(self) -> SearchTerms:
        """The terms of the query, folded and stemmed, without stop words where it has others."""
        if self.details is None or self.passages is None:
            return SearchTerms()
        return SearchTerms((term.text for term in self.details.terms), self.passages.analyzers)


@dataclass(frozen=True, slots=True)
class MatchedTerm:
    """A term of the query that a page has."""

    #: The term, as it is indexed.
    term: str
    #: What it adds to the page's BM25 score.
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one page is among the results of a search, and where."""

    #: Place among the results, from 1.
    rank: int
    #: The page, with ``search_score``, ``search_matched_by`` and ``search_passage``.
    page: Any
    #: Fused score; for one leg alone, that of the leg.
    score: float
    #: Place in the semantic leg, from 1; ``None`` when that leg did not find the page.
    semantic_rank: int | None
    #: Cosine similarity of its nearest chunk; ``None`` when the semantic leg did not find it.
    similarity: float | None
    #: Place in the keyword leg, from 1; ``None`` when that leg did not find it.
    keyword_rank: int | None
    #: BM25 score; ``None`` when the keyword leg did not find it.
    keyword_score: float | None
    #: Terms of the query that the page has, heaviest first. Their weights add up to the BM25 score.
    terms: tuple[MatchedTerm, ...]
    #: The chunk that answers best; ``None`` when there is none to show.
    passage: SearchPassage | None
    #: What is compared with the cut-off; ``None`` where there is no cut-off.
    evidence: float | None
    #: What the evidence has to reach; ``None`` where there is no cut-off.
    cutoff: float | None
    #: Share of the semantic leg in the score, 0 to 1.
    semantic_weight: float
    #: The formulas behind these numbers, such as "idf, computed as log(1 + (N - n + 0.5) / (n + 0.5))".
    formulas: tuple[str, ...]
