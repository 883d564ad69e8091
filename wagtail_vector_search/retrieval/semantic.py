"""The semantic leg: pages whose nearest chunk is nearest to the query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..database.execute import SQL, fetch, fill_names
from ..database.tables import table_name
from ..models import AbstractEmbedding
from ..ranking import constants, formulas
from ..ranking.values import Hit
from .candidates import PUBLISHED, ROW, Candidates

#: How the HNSW graph is walked: under a filter the walk goes on until there are enough chunks, or until it has seen
#: too many.
WALK = {
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": str(constants.MAX_SCAN_TUPLES),
}

# Adding 0 keeps the HNSW index out: PostgreSQL would take the minimum of a plain distance for the first row of an index
# scan, which gives up after the nearest chunks of other pages. OFFSET 0 has the distance computed once.
EXACT = """
SELECT page_id, 1 - distance AS score, 0::bigint AS walked FROM (
    SELECT candidate.page_id, (
        SELECT min((chunk.embedding <=> %(vector)s::halfvec) + 0) FROM {chunks} AS chunk
        WHERE chunk.page_id = candidate.page_id AND chunk.generation_id = %(generation)s
    ) AS distance
    FROM (SELECT DISTINCT page_id FROM ({candidates}) AS page (page_id)) AS candidate
    OFFSET 0
) AS nearest
WHERE distance IS NOT NULL
ORDER BY distance, page_id LIMIT %(wanted)s
"""

# The settings of the walk are made inside the statement: the vector that it starts from is only there once they are.
# So they need neither a statement nor a transaction of their own, and a pooling proxy never sees them.
HNSW = """
SELECT page_id, 1 - distance AS score, walked FROM (
    SELECT page_id, min(distance) AS distance, (sum(count(*)) OVER ())::bigint AS walked FROM (
        SELECT {row}.page_id, {row}.embedding <=> %(vector)s::halfvec AS distance
        FROM {chunks} AS {row}
        WHERE {row}.generation_id = %(generation)s AND {chunk_filter}
        ORDER BY {row}.embedding <=> (SELECT CASE WHEN {settings} THEN %(vector)s::halfvec END)
        LIMIT %(max_chunks)s
    ) AS nearest
    GROUP BY page_id
) AS {row}
WHERE {page_filter}
ORDER BY distance, page_id
"""

ALONE = "WITH {closed_path} SELECT page_id, score, walked, {published} AS published FROM ({leg}) AS found"


@dataclass(frozen=True, slots=True)
class SemanticLeg:
    """Finds the candidates nearest to a vector."""

    #: As PostgreSQL reads it.
    vector: str
    #: The pages that may be returned.
    candidates: Candidates
    #: The table of the chunks.
    vector_table: type[AbstractEmbedding]
    #: The generation to search.
    generation_id: int
    #: The most pages to return.
    wanted: int = constants.TOP
    #: Fewer pages than this are no answer.
    at_least: int = constants.MIN_PAGES
    #: ``hnsw.ef_search``; see ``formulas.walk_breadth``.
    breadth: int = constants.MIN_BREADTH

    def find(self, *, exact: bool) -> list[Hit]:
        """Return the nearest pages with the cosine similarity of their nearest chunk, best first.

        One statement, and a second where the walk of the HNSW index finds too little.

        Args:
            exact: Look at every candidate instead of walking the HNSW index.
        """
        if not exact and (hits := self.read_walk(self._fetch(self.hnsw_statement()))) is not None:
            return hits
        return self.find_exactly()

    def find_exactly(self) -> list[Hit]:
        """Return the nearest pages after a look at every candidate."""
        return list(map(read_nearest, self._fetch(self.exact_statement())))

    def read_walk(self, rows: Iterable[Any]) -> list[Hit] | None:
        """Return the hits of a walk; ``None`` when it gave up, because the candidates are far from the query.

        Args:
            rows: What ``hnsw_statement`` has selected.
        """
        found = sorted(rows, key=lambda row: (-row.score, row.page_id))
        walked = found[0].walked if found else 0
        is_crowded_out = walked == formulas.chunks_for(self.wanted) and len(found) >= self.at_least
        if len(found) < self.wanted and not is_crowded_out:
            return None
        return list(map(read_nearest, found[: self.wanted]))

    def exact_statement(self) -> SQL:
        """Return the statement that computes the distance of every candidate.

        It selects ``page_id``, ``score`` and 0 as ``walked``, and reads ``closed_path``.
        """
        text = fill_names(
            self.candidates.using,
            EXACT,
            chunks=table_name(self.vector_table),
            candidates=self.candidates.select.text,
        )
        parameters = {"vector": self.vector, "generation": self.generation_id, "wanted": self.wanted}
        return SQL(text, {**self.candidates.parameters, **parameters})

    def hnsw_statement(self) -> SQL:
        """Return the statement that follows the HNSW index until enough chunks of candidates have turned up.

        It selects ``page_id``, ``score`` and ``walked``, the number of chunks that have turned up for all pages, and
        reads ``closed_path``.
        """
        walk = {**WALK, "hnsw.ef_search": str(self.breadth)}
        settings = [f"set_config('{name}', '{value}', true) IS NOT NULL" for name, value in walk.items()]
        # Pages are fewer than chunks. While hardly one is hidden, as many as are wanted remain.
        every_row, check = "TRUE", self.candidates.is_candidate_sql.text
        late = self.candidates.visible_pages_cover_index
        text = fill_names(
            self.candidates.using,
            HNSW,
            row=ROW,
            chunks=table_name(self.vector_table),
            settings=" AND ".join(settings),
            chunk_filter=every_row if late else check,
            page_filter=check if late else every_row,
        )
        max_chunks = formulas.chunks_for(self.wanted)
        parameters = {"vector": self.vector, "generation": self.generation_id, "max_chunks": max_chunks}
        return SQL(text, {**self.candidates.parameters, **parameters})

    def _fetch(self, leg: SQL) -> list[Any]:
        closed_path = self.candidates.closed_path_sql.text
        names = {"closed_path": closed_path, "leg": leg.text}
        published = fill_names(self.candidates.using, PUBLISHED)
        return fetch(self.candidates.using, ALONE, leg.parameters, **names, published=published)


def read_nearest(row: Any) -> Hit:
    """Return the hit of a row of either statement."""
    return Hit(row.page_id, row.score, published=row.published or 0.0)
