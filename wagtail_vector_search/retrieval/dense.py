"""The dense leg: pages whose nearest chunk is nearest to the query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ..models import AbstractPageEmbedding
from .candidates import ROW, Candidates
from .fusion import TOP, Hit
from .sql import fetch_all, table

#: Chunks asked of the HNSW index; a page is there with its nearest one, so that these make fewer pages. The second
#: number is for pages so long that the first yields almost none.
CHUNKS = (200, 2000)
#: Breadth of the search in the HNSW graph: the recall of the first 100 pages is above .98.
_EF_SEARCH = 200
#: Chunks that the iterative scan looks at before it gives up.
_MAX_SCAN_TUPLES = 100_000


def find_nearest_pages(
    vector: str,
    candidates: Candidates,
    embedding_model: type[AbstractPageEmbedding],
    index_id: int,
    *,
    scan: bool,
    wanted: int = TOP,
    at_least: int = 10,
) -> list[Hit]:
    """Return the candidates nearest to a vector.

    Args:
        vector: As PostgreSQL reads it.
        candidates: The pages that may be returned.
        embedding_model: The table of the chunks.
        index_id: The generation to search.
        scan: Look at every candidate, which is exact, instead of walking the HNSW index.
        wanted: The most pages to return.
        at_least: Fewer pages than this are not taken for an answer as long as there may be more.

    Returns:
        At most ``wanted`` pages with the cosine similarity of their nearest chunk, best first.
    """
    if not scan:
        for chunks in CHUNKS:
            hits, found = _walk_index(vector, candidates, embedding_model, index_id, chunks)
            if found < chunks and len(hits) < wanted:
                break  # the index has given up: the candidates are far from the query
            if len(hits) >= min(at_least, wanted):
                return hits[:wanted]
    return _scan(vector, candidates, embedding_model, index_id, wanted)


def _scan(
    vector: str, candidates: Candidates, embedding_model: type[AbstractPageEmbedding], index_id: int, wanted: int
) -> list[Hit]:
    """Compute the distance of every candidate, one by one: no index orders by a minimum."""
    statement = f"""
        SELECT page_id, 1 - distance FROM (
            SELECT candidate.page_id, (
                SELECT min(chunk.embedding <=> %s::halfvec) FROM {table(embedding_model)} AS chunk
                WHERE chunk.page_id = candidate.page_id AND chunk.index_id = %s
            ) AS distance
            FROM (SELECT DISTINCT page_id FROM ({candidates.select.text}) AS page (page_id)) AS candidate
        ) AS nearest
        WHERE distance IS NOT NULL
        ORDER BY distance, page_id LIMIT %s
    """
    rows = fetch_all(candidates.using, statement, [vector, index_id, *candidates.select.params, wanted])
    return [Hit(*row) for row in rows]


def _walk_index(
    vector: str, candidates: Candidates, embedding_model: type[AbstractPageEmbedding], index_id: int, chunks: int
) -> tuple[list[Hit], int]:
    """Follow the HNSW index in order of distance until ``chunks`` chunks of candidates have turned up.

    Returns:
        The pages, best first, and the number of chunks found.
    """
    statement = f"""
        SELECT page_id, 1 - min(distance), count(*) FROM (
            SELECT {ROW}.page_id, {ROW}.embedding <=> %s::halfvec AS distance
            FROM {table(embedding_model)} AS {ROW}
            WHERE {ROW}.index_id = %s AND {candidates.contain_row.text}
            ORDER BY {ROW}.embedding <=> %s::halfvec LIMIT %s
        ) AS nearest
        GROUP BY page_id ORDER BY min(distance), page_id
    """
    params = [vector, index_id, *candidates.contain_row.params, vector, chunks]
    rows = _fetch_with_iterative_scan(candidates.using, statement, params)
    return [Hit(page_id, similarity) for page_id, similarity, _ in rows], sum(count for _, _, count in rows)


def _fetch_with_iterative_scan(using: str, statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with transaction.atomic(using=using, savepoint=False):
        # Local to the transaction: behind a pooling proxy the session is somebody else's in a moment.
        fetch_all(
            using,
            "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true),"
            " set_config('hnsw.ef_search', %s, true), set_config('hnsw.max_scan_tuples', %s, true)",
            [str(_EF_SEARCH), str(_MAX_SCAN_TUPLES)],
        )
        return fetch_all(using, statement, params)
