"""The semantic leg: pages whose nearest chunk is nearest to the query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from ..database.execute import SQL, fetch_all
from ..database.tables import table_name
from ..models import AbstractEmbedding
from .candidates import ROW, Candidates
from .fusion import TOP, Hit

#: Chunks asked of the HNSW index at most; a page is there with its nearest ones, so that these make fewer pages.
CHUNKS = 200
# Few pages are wanted where a page asks for those nearest to it. Its own vector lies amid theirs, so that a narrow walk
# misses none of them; it is wider than the number of chunks because the page's own do not count.
_CHUNKS_PER_PAGE = 20
_BREADTH_PER_CHUNK = 1.5
#: How the HNSW graph is walked: under a filter the walk goes on until there are enough chunks, or until it has seen
#: this many.
WALK = {
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": "100000",
}
# A walk of this breadth finds .98 of the true first 10 pages: of a larger graph more is missed at the same breadth.
# It is above CHUNKS, as the walk starts anew, for several times its cost, when a few chunks of it are no candidates.
LEAST_BREADTH = 300
_BREADTH_PER_ROOT = 2.25
_MOST_BREADTH = 1000  # pgvector allows no more

#: Fewer pages than this are no answer, even where a few pages hold all of the nearest chunks.
AT_LEAST = 5


def chunks_for(wanted: int) -> int:
    """Return the number of chunks that a walk ends with which looks for so many pages."""
    return min(CHUNKS, _CHUNKS_PER_PAGE * wanted)


def breadth_around_page(wanted: int) -> int:
    """Return ``hnsw.ef_search`` for the pages nearest to a page."""
    return round(_BREADTH_PER_CHUNK * chunks_for(wanted))


def walk_breadth(page_count: int) -> int:
    """Return ``hnsw.ef_search`` for a site of so many pages."""
    return min(max(LEAST_BREADTH, round(_BREADTH_PER_ROOT * sqrt(page_count))), _MOST_BREADTH)


@dataclass(frozen=True, slots=True)
class SemanticLeg:
    """Finds the candidates nearest to a vector.

    Args:
        vector: As PostgreSQL reads it.
        candidates: The pages that may be returned.
        vector_table: The table of the chunks.
        generation_id: The generation to search.
        wanted: The most pages to return.
        at_least: Fewer pages than this are no answer.
        breadth: Of the walk; see ``walk_breadth``.
    """

    vector: str
    candidates: Candidates
    vector_table: type[AbstractEmbedding]
    generation_id: int
    wanted: int = TOP
    at_least: int = AT_LEAST
    breadth: int = LEAST_BREADTH

    @property
    def chunks(self) -> int:
        """Chunks that a walk ends with."""
        return chunks_for(self.wanted)

    def find(self, *, scan: bool) -> list[Hit]:
        """Return the nearest pages with the cosine similarity of their nearest chunk, best first.

        One statement, and a second where the walk of the index finds too little.

        Args:
            scan: Look at every candidate, which is exact, instead of walking the HNSW index.
        """
        if not scan and (hits := self.read(self._fetch(self.walk()))) is not None:
            return hits
        return self.find_exactly()

    def find_exactly(self) -> list[Hit]:
        """Return the nearest pages after a look at every candidate."""
        return [Hit(page_id, similarity) for page_id, similarity, _ in self._fetch(self.scan())]

    def read(self, rows: Iterable[Sequence[Any]]) -> list[Hit] | None:
        """Return the hits of a walk; ``None`` when it gave up, because the candidates are far from the query.

        Args:
            rows: What ``walk`` has selected.
        """
        found = sorted(rows, key=lambda row: (-row[1], row[0]))
        walked = found[0][2] if found else 0
        crowded_out = walked == self.chunks and len(found) >= self.at_least
        if len(found) < self.wanted and not crowded_out:
            return None
        return [Hit(page_id, similarity) for page_id, similarity, _ in found[: self.wanted]]

    def scan(self) -> SQL:
        """Compute the distance of every candidate, one by one; selects page, similarity and 0.

        Adding 0 keeps the HNSW index out: PostgreSQL would take the minimum of a plain distance for the first row of
        an index scan, which gives up after the nearest chunks of other pages. OFFSET 0 has the distance computed once.
        """
        text = f"""
            SELECT page_id, 1 - distance, 0::bigint FROM (
                SELECT candidate.page_id, (
                    SELECT min((chunk.embedding <=> %s::halfvec) + 0) FROM {table_name(self.vector_table)} AS chunk
                    WHERE chunk.page_id = candidate.page_id AND chunk.generation_id = %s
                ) AS distance
                FROM (SELECT DISTINCT page_id FROM ({self.candidates.select.text}) AS page (page_id)) AS candidate
                OFFSET 0
            ) AS nearest
            WHERE distance IS NOT NULL
            ORDER BY distance, page_id LIMIT %s
        """
        return SQL(text, (self.vector, self.generation_id, *self.candidates.select.params, self.wanted))

    def walk(self) -> SQL:
        """Follow the HNSW index in order of distance until ``chunks`` chunks of candidates have turned up.

        The settings of the walk are made inside the statement: the vector that it starts from is only there once they
        are. So they need neither a statement nor a transaction of their own, and a pooling proxy never sees them.
        Selects page, similarity and the number of chunks that have turned up for all pages.
        """
        walk = {**WALK, "hnsw.ef_search": str(self.breadth)}
        settings = " AND ".join("set_config(%s, %s, true) IS NOT NULL" for _ in walk)
        nothing, check = SQL("TRUE"), self.candidates.contain_row
        # Pages are fewer than chunks. While hardly one is hidden, as many as are wanted remain.
        early, late = (nothing, check) if self.candidates.hide_hardly_any else (check, nothing)
        text = f"""
            SELECT page_id, 1 - distance, walked FROM (
                SELECT page_id, min(distance) AS distance, (sum(count(*)) OVER ())::bigint AS walked FROM (
                    SELECT {ROW}.page_id, {ROW}.embedding <=> %s::halfvec AS distance
                    FROM {table_name(self.vector_table)} AS {ROW}
                    WHERE {ROW}.generation_id = %s AND {early.text}
                    ORDER BY {ROW}.embedding <=> (SELECT CASE WHEN {settings} THEN %s::halfvec END)
                    LIMIT %s
                ) AS nearest
                GROUP BY page_id
            ) AS {ROW}
            WHERE {late.text}
            ORDER BY distance, page_id
        """
        values = [value for setting in walk.items() for value in setting]
        params = (self.vector, self.generation_id, *early.params, *values, self.vector, self.chunks, *late.params)
        return SQL(text, params)

    def _fetch(self, statement: SQL) -> list[tuple[Any, ...]]:
        return fetch_all(self.candidates.using, statement.text, statement.params)
