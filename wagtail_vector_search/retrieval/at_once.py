"""Runs the legs within the first statement of a search, where this process knows what they need.

That is the generation that serves, as the last search has read it, and the vector of the query, where no remote
provider has to be asked. The statement says whether the generation still serves; where it does not, or the words of the
query are corrected, the legs are run again by a statement of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..conf import IndexSettings
from ..database.execute import SQL, fill_names
from ..database.sparse_vectors import SQL_TERM_POSITION
from ..database.tables import table_name
from ..generations.serving import ServingGeneration
from ..models.terms import SPARSE_DIMENSIONS
from ..ranking import constants, formulas
from .candidates import PUBLISHED, Candidates
from .embedding import embed_without_waiting
from .keywords import described_sql, look_up_sql, scan_sql
from .query import Query
from .search import Search, prepare_search
from .semantic import SemanticLeg
from .syntax import parse_query
from .values import EarlyHits, FoundRow, Legs, QueryVector

# ``query.weigh``, ``keywords.sparse_query`` and ``keywords.choose_terms`` do the same in Python.
WORDS = """, weighed AS MATERIALIZED (
    SELECT term, document_frequency, sum(CASE WHEN is_extra AND has_own THEN %(extra_weight)s ELSE 1 END) AS frequency
    FROM (
        SELECT term, document_frequency::float8 AS document_frequency, is_extra,
            bool_or(NOT is_extra) OVER (PARTITION BY word) AS has_own
        FROM unnest(%(word_terms)s::text[], %(words)s::int[], %(are_extra)s::bool[])
            AS occurrence (term, word, is_extra)
        JOIN known USING (term) WHERE document_frequency > 0
    ) AS found
    GROUP BY term, document_frequency
), title AS MATERIALIZED (
    SELECT term FROM known WHERE term = ANY(%(titles)s::text[]) AND document_frequency > 0
), query_vector AS MATERIALIZED (
    SELECT ('{{' || string_agg(position + 1 || ':' || weight::real, ',' ORDER BY position) || '}}/{dimensions}')
        ::sparsevec AS weights
    FROM (
        SELECT position, sum(weight) AS weight FROM (
            SELECT {position} AS position, frequency * {idf} AS weight FROM weighed, generation
            UNION ALL SELECT {position}, %(title_score)s::float8 FROM title
        ) AS element GROUP BY position
    ) AS summed
), rare AS MATERIALIZED (
    SELECT array_agg(term) AS terms FROM (
        SELECT term FROM (
            SELECT term, document_frequency, sum(document_frequency) OVER (ORDER BY document_frequency, term
                ROWS UNBOUNDED PRECEDING) AS summed
            FROM weighed
        ) AS term, needed
        WHERE least(summed - document_frequency, page_count) < pages
            OR least(summed, page_count) <= greatest(%(max_scored)s, pages)
        UNION ALL SELECT term FROM title
    ) AS chosen
)"""
NEEDED = """, needed AS MATERIALIZED (
    SELECT %(min_candidates)s::float8 * CASE WHEN candidate_count > exact_scan_limit THEN 1
        ELSE page_count::float8 / greatest(candidate_count, 1) END AS pages, page_count
    FROM generation, counted
)"""
KEYWORD_HITS = """, keyword_hit AS MATERIALIZED ({keyword})"""
SEMANTIC_HITS = """, semantic_hit AS MATERIALIZED (
    SELECT page_id, score, walked, {published} AS published FROM ({semantic}) AS found
)"""
#: One of two ways, by a condition on ``counted`` and ``generation``: what it excludes is not run.
EITHER = """
SELECT * FROM ({few}) AS few WHERE (SELECT {are_few} FROM generation, counted)
UNION ALL SELECT * FROM ({many}) AS many WHERE (SELECT NOT {are_few} FROM generation, counted)
"""

#: Candidates that a scan may look at where the statement holds both ways. PostgreSQL adds the costs of both, and
#: compiles statements that cost 100,000 or more (``jit_above_cost``), which takes longer than the search.
MOST_SCANNED = 4000

_TERMS_VECTOR = "(SELECT weights FROM query_vector)"
_RARE_TERMS = "(SELECT terms FROM rare)"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the last search of an index has found."""

    generation: ServingGeneration
    closed_paths: tuple[str, ...] | None


_expected: dict[tuple[str, str], Expectation] = {}


def forget_expectations() -> None:
    """Let the next search find out what serves."""
    _expected.clear()


def prepare_at_once(
    text: str, candidates: Candidates, settings: IndexSettings, language_code: str, *, legs: Legs, has_operators: bool
) -> Search | None:
    """Prepare a search as ``prepare_search`` does, and run its legs in the same statement where that can be done.

    Args:
        text: The normalised query.
        candidates: The pages that may be returned.
        settings: Of the index to search.
        language_code: Of the visitor.
        legs: Which legs to run.
        has_operators: Whether quotes and hyphens in the query mean more than themselves.

    Returns:
        ``None`` when no generation of the index is active, or the project has dropped its table.
    """
    rider = _make_rider(text, candidates, settings, legs, has_operators=has_operators)
    search = prepare_search(
        text, candidates, settings, language_code, legs=legs, has_operators=has_operators, rider=rider
    )
    if search:
        paths = search.candidates.closed_paths
        key = candidates.using, settings.index_name
        _expected[key] = Expectation(search.generation, paths)
    return search


def _make_rider(
    text: str, candidates: Candidates, settings: IndexSettings, legs: Legs, *, has_operators: bool
) -> AtOnce | None:
    expected = _expected.get((candidates.using, settings.index_name))
    if expected is None or not expected.generation.has_table:
        return None
    if has_operators and parse_query(text).has_operators:
        return None  # they narrow the candidates first
    rider = AtOnce(candidates, expected, QueryVector(), legs)
    if not rider.is_worth_it:
        return None
    vector: QueryVector | None = QueryVector()
    if Legs.SEMANTIC in legs:
        vector = embed_without_waiting(text, expected.generation, settings)
    return replace(rider, vector=vector) if vector else None


@dataclass(frozen=True)
class AtOnce:
    """The legs, as a part of the statement that prepares a search."""

    candidates: Candidates
    expected: Expectation
    vector: QueryVector
    legs: Legs

    @property
    def is_worth_it(self) -> bool:
        """Whether planning the statement costs less than another one."""
        return self._are_many or self._exact_scan_limit <= MOST_SCANNED

    @property
    def tables(self) -> str:
        """What is run: the legs, each by an index or by a look at every candidate."""
        tables = ""
        if self._runs_keyword:
            idf = formulas.IDF_SQL.format(document_frequency="document_frequency", page_count="page_count::float8")
            position = SQL_TERM_POSITION.format(term="term")
            tables += NEEDED + WORDS.format(idf=idf, position=position, dimensions=SPARSE_DIMENSIONS)
            keyword = self._either(
                scan_sql(self._few, _TERMS_VECTOR),
                look_up_sql(self.candidates, _TERMS_VECTOR, _RARE_TERMS),
                are_few="candidate_count <= %(keyword_share)s * exact_scan_limit",
            )
            chunks = table_name(self.expected.generation.get_vector_table()) if self.vector.literal else ""
            tables += KEYWORD_HITS.format(keyword=described_sql(self.candidates.using, keyword, chunks))
        if self.vector.literal:
            semantic = self._either(
                self._semantic_leg(self._few).exact_statement().text,
                self._semantic_leg(self._all).hnsw_statement().text,
                are_few="candidate_count <= exact_scan_limit",
            )
            published = fill_names(self.candidates.using, PUBLISHED)
            tables += SEMANTIC_HITS.format(semantic=semantic, published=published)
        return tables

    @property
    def columns(self) -> str:
        """What was found, as arrays."""
        columns = ""
        if self._runs_keyword:
            columns += _array("page_id", "keyword_hit", "keyword_pages")
            columns += _array("score", "keyword_hit", "keyword_scores")
            columns += _array("published", "keyword_hit", "keyword_published")
            columns += _array("has_vectors", "keyword_hit", "keyword_has_vectors")
        if self.vector.literal:
            columns += _array("page_id", "semantic_hit", "semantic_pages")
            columns += _array("score", "semantic_hit", "semantic_scores")
            columns += _array("published", "semantic_hit", "semantic_published")
            columns += ", (SELECT max(walked) FROM semantic_hit) AS walked"
        return columns

    def parameters(self, query: Query) -> Mapping[str, Any]:
        """Return the values of both."""
        occurrences = [
            (term, number, is_extra)
            for number, word in enumerate(query.words)
            for terms, is_extra in ((word.terms, False), (word.extras, True))
            for term in terms
        ]
        occurrences += [(one.term, number, False) for number, one in enumerate(query.joined, len(query.words))]
        own = {
            "word_terms": [term for term, _, _ in occurrences],
            "words": [number for _, number, _ in occurrences],
            "are_extra": [is_extra for _, _, is_extra in occurrences],
            "extra_weight": constants.EXTRA_WEIGHT,
            "titles": list(query.titles),
            "title_score": constants.TITLE_SCORE,
            "min_candidates": constants.MIN_CANDIDATES_SCORED,
            "max_scored": constants.MAX_SCORED,
            "keyword_share": constants.KEYWORD_EXACT_SCAN_SHARE,
            "generation": self.expected.generation.id,
            "top": constants.TOP,
        }
        if not self.vector.literal:
            return own
        leg = self._semantic_leg(self._all)
        return {**leg.exact_statement().parameters, **leg.hnsw_statement().parameters, **own}

    def read(self, row: Any, search: Search) -> EarlyHits | None:
        """Return what was found; ``None`` where another generation serves by now, or it has another size."""
        serving, expected = search.generation, self.expected.generation
        is_same = (serving.id, serving.created_at) == (expected.id, expected.created_at)
        if not is_same or serving.fingerprint != expected.fingerprint or serving.page_count != expected.page_count:
            return None
        keyword = semantic = None
        # Where a page has been closed since, the walk has looked at too few of the others.
        is_as_planned = search.candidates.visible_pages_cover_index or not self._all.visible_pages_cover_index
        if self._runs_keyword:
            found = zip(
                row.keyword_pages, row.keyword_scores, row.keyword_published, row.keyword_has_vectors, strict=True
            )
            keyword = [
                FoundRow(page_id, score, published=published, has_vectors=has_vectors)
                for page_id, score, published, has_vectors in found
            ]
        if self.vector.literal and is_as_planned:
            walked = row.walked or 0
            semantic = [
                FoundRow(page_id, score, walked, published)
                for page_id, score, published in zip(
                    row.semantic_pages, row.semantic_scores, row.semantic_published, strict=True
                )
            ]
        is_exact = search.limits.uses_exact_scan and not self._are_many
        return EarlyHits(self.vector, keyword, semantic, is_exact, search.terms, search.candidates)

    @property
    def _runs_keyword(self) -> bool:
        # Where a vector is missing, the semantic leg alone goes on with words, which are corrected first.
        return Legs.KEYWORD in self.legs

    @property
    def _exact_scan_limit(self) -> int:
        return formulas.exact_scan_limit(self.expected.generation.page_count)

    @property
    def _are_many(self) -> bool:
        """Whether the candidates are known to be so many that an index is used: half as much has to be planned."""
        return self.candidates.are_most_pages and self.expected.generation.page_count > self._exact_scan_limit

    @property
    def _all(self) -> Candidates:
        """The candidates with the closed paths of the last search: they decide when pages are checked, not whether."""
        return replace(self.candidates, closed_paths=self.expected.closed_paths)

    @property
    def _few(self) -> Candidates:
        """The same as the planner has to see them where a scan is made: no more than a scan looks at."""
        text, parameters = self.candidates.select
        limited = SQL(f"SELECT id FROM ({text}) AS page (id) LIMIT {self._exact_scan_limit}", parameters)
        return replace(self.candidates, select=limited)

    def _semantic_leg(self, candidates: Candidates) -> SemanticLeg:
        expected = self.expected.generation
        breadth = formulas.walk_breadth(expected.page_count)
        return SemanticLeg(self.vector.literal, candidates, expected.get_vector_table(), expected.id, breadth=breadth)

    def _either(self, few: str, many: str, *, are_few: str) -> str:
        return many if self._are_many else EITHER.format(few=few, many=many, are_few=are_few)


def _array(column: str, table: str, name: str) -> str:
    return f", ARRAY(SELECT {column} FROM {table} ORDER BY score DESC, page_id) AS {name}"
