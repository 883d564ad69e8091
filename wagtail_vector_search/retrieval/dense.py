"""The dense leg: pages whose nearest chunk is nearest to the query."""

from __future__ import annotations

from ..models import AbstractPageEmbedding
from .candidates import ROW, Candidates
from .fusion import TOP, Hit
from .sql import fetch_all, table

#: Chunks asked of the HNSW index; a page is there with its nearest ones, so that these make fewer pages.
CHUNKS = 200
#: How the HNSW graph is walked. With this breadth the recall of the first 100 pages is above .98; under a filter the
#: walk goes on until there are enough chunks, or until it has seen this many.
WALK = {
    "hnsw.ef_search": "200",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": "100000",
}


def find_nearest_pages(
    vector: str,
    candidates: Candidates,
    embedding_model: type[AbstractPageEmbedding],
    index_id: int,
    *,
    scan: bool,
    wanted: int = TOP,
    at_least: int = 5,
) -> list[Hit]:
    """Return the candidates nearest to a vector.

    Args:
        vector: As PostgreSQL reads it.
        candidates: The pages that may be returned.
        embedding_model: The table of the chunks.
        index_id: The generation to search.
        scan: Look at every candidate, which is exact, instead of walking the HNSW index.
        wanted: The most pages to return.
        at_least: Fewer pages than this are no answer, even where a few pages hold all of the nearest chunks.

    Returns:
        At most ``wanted`` pages with the cosine similarity of their nearest chunk, best first.
    """
    if not scan:
        hits, chunks = _walk_index(vector, candidates, embedding_model, index_id)
        crowded_out = chunks == CHUNKS and len(hits) >= at_least
        if len(hits) >= wanted or crowded_out:
            return hits[:wanted]
        # Else the walk gave up, because the candidates are far from the query.
    return _scan(vector, candidates, embedding_model, index_id, wanted)


def _scan(
    vector: str, candidates: Candidates, embedding_model: type[AbstractPageEmbedding], index_id: int, wanted: int
) -> list[Hit]:
    """Compute the distance of every candidate, one by one.

    Adding 0 keeps the HNSW index out: PostgreSQL would take the minimum of a plain distance for the first row of an
    index scan, which gives up after the nearest chunks of other pages. OFFSET 0 has the distance computed once.
    """
    statement = f"""
        SELECT page_id, 1 - distance FROM (
            SELECT candidate.page_id, (
                SELECT min((chunk.embedding <=> %s::halfvec) + 0) FROM {table(embedding_model)} AS chunk
                WHERE chunk.page_id = candidate.page_id AND chunk.index_id = %s
            ) AS distance
            FROM (SELECT DISTINCT page_id FROM ({candidates.select.text}) AS page (page_id)) AS candidate
            OFFSET 0
        ) AS nearest
        WHERE distance IS NOT NULL
        ORDER BY distance, page_id LIMIT %s
    """
    rows = fetch_all(candidates.using, statement, [vector, index_id, *candidates.select.params, wanted])
    return [Hit(*row) for row in rows]


def _walk_index(
    vector: str, candidates: Candidates, embedding_model: type[AbstractPageEmbedding], index_id: int
) -> tuple[list[Hit], int]:
    """Follow the HNSW index in order of distance until ``CHUNKS`` chunks of candidates have turned up.

    The settings of the walk are made inside the statement: the vector that it starts from is only there once they
    are. So they need neither a statement nor a transaction of their own, and a pooling proxy never sees them.

    Returns:
        The pages, best first, and the number of chunks found.
    """
    settings = " AND ".join("set_config(%s, %s, true) IS NOT NULL" for _ in WALK)
    statement = f"""
        SELECT page_id, 1 - min(distance), count(*) FROM (
            SELECT {ROW}.page_id, {ROW}.embedding <=> %s::halfvec AS distance
            FROM {table(embedding_model)} AS {ROW}
            WHERE {ROW}.index_id = %s AND {candidates.contain_row.text}
            ORDER BY {ROW}.embedding <=> (SELECT CASE WHEN {settings} THEN %s::halfvec END)
            LIMIT %s
        ) AS nearest
        GROUP BY page_id ORDER BY min(distance), page_id
    """
    walk = [text for setting in WALK.items() for text in setting]
    params = [vector, index_id, *candidates.contain_row.params, *walk, vector, CHUNKS]
    rows = fetch_all(candidates.using, statement, params)
    return [Hit(page_id, similarity) for page_id, similarity, _ in rows], sum(count for _, _, count in rows)
