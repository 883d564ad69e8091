"""The semantic leg beside the same nearest-neighbour query written by hand, and beside the exact answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

import psycopg
from django.db import connection
from wagtail.models import Page

from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.models import Generation, get_vector_table
from wagtail_vector_search.providers import get_provider_for
from wagtail_vector_search.ranking.formulas import walk_breadth
from wagtail_vector_search.retrieval.candidates import find_candidates
from wagtail_vector_search.retrieval.search import prepare_search
from wagtail_vector_search.retrieval.semantic import WALK, SemanticLeg

from ..site.models import DocumentPage
from .searches import FILTERS
from .semantic_result import SemanticResult
from .timing import measure

#: Pages that a leg contributes to a search, and chunks asked for to get them.
PAGES, CHUNKS = 100, 200

BY_HNSW = """
SELECT page_id FROM (
    SELECT chunk.page_id, chunk.embedding <=> %(vector)s::halfvec AS distance
    FROM {chunks} AS chunk WHERE chunk.generation_id = %(generation)s {filter}
    ORDER BY chunk.embedding <=> %(vector)s::halfvec LIMIT %(limit)s
) AS nearest
GROUP BY page_id ORDER BY min(distance) LIMIT %(wanted)s
"""

BY_SCAN = """
WITH nearest AS MATERIALIZED (
    SELECT chunk.page_id, chunk.embedding <=> %(vector)s::halfvec AS distance
    FROM {chunks} AS chunk WHERE chunk.generation_id = %(generation)s {filter}
)
SELECT page_id FROM nearest GROUP BY page_id ORDER BY min(distance) LIMIT %(wanted)s
"""

FILTER = "AND chunk.page_id IN (SELECT page_ptr_id FROM {pages} WHERE bucket < %(bucket)s)"

#: Finds pages for a vector, best first.
Leg = Callable[[str], list[int]]


def compare_semantic_leg(queries: Sequence[str]) -> dict[str, SemanticResult]:
    """Return times and recalls by the share of pages that a filter keeps."""
    provider = get_provider_for(get_index_settings())
    vectors = [str(provider.embed_query(query).tolist()) for query in queries]
    with _connect() as by_hand:
        return {share: _compare(vectors, bucket, by_hand) for share, bucket in FILTERS.items()}


def _compare(vectors: Sequence[str], bucket: int, by_hand: psycopg.Connection) -> SemanticResult:
    leg = _make_leg(bucket)
    hnsw, scan = (_make_leg_by_hand(by_hand, statement, bucket) for statement in (BY_HNSW, BY_SCAN))
    exact = [scan(vector) for vector in vectors]
    return SemanticResult(
        measure(leg, vectors).p50,
        *_recalls(leg, vectors, exact),
        measure(hnsw, vectors).p50,
        *_recalls(hnsw, vectors, exact),
        measure(scan, vectors).p50,
    )


def _recalls(leg: Leg, vectors: Sequence[str], exact: Sequence[list[int]]) -> tuple[float, float]:
    """Return the shares of the true first 10 and first 100 pages that a leg finds."""
    found = [leg(vector) for vector in vectors]

    def recall(depth: int) -> float:
        pairs = [(set(one[:depth]), set(true[:depth])) for one, true in zip(found, exact, strict=True) if true]
        return fmean(len(one & true) / len(true) for one, true in pairs) if pairs else 1.0

    return recall(10), recall(100)


def _make_leg(bucket: int) -> Leg:
    """Return this package's semantic leg over the pages that a filter keeps."""
    settings = get_index_settings()
    kept = DocumentPage.objects.live().filter(bucket__lt=bucket)
    candidates = find_candidates(kept if bucket < max(FILTERS.values()) else Page.objects.live())
    assert candidates is not None
    search = prepare_search("words", candidates, settings, "en")
    assert search is not None
    generation = search.generation
    vector_table = generation.get_vector_table()

    def find(vector: str) -> list[int]:
        breadth = walk_breadth(generation.page_count)
        leg = SemanticLeg(vector, search.candidates, vector_table, generation.id, breadth=breadth)
        return [hit.page_id for hit in leg.find(exact=search.limits.uses_exact_scan)]

    return find


def _make_leg_by_hand(by_hand: psycopg.Connection, template: str, bucket: int) -> Leg:
    generation = Generation.objects.get(state=Generation.State.ACTIVE)
    chunks = get_vector_table(generation.dimensions)._meta.db_table
    condition = FILTER.format(pages=DocumentPage._meta.db_table) if bucket < max(FILTERS.values()) else ""
    statement = template.format(chunks=chunks, filter=condition)
    parameters = {"generation": generation.pk, "bucket": bucket, "limit": CHUNKS, "wanted": PAGES}

    def find(vector: str) -> list[int]:
        rows = by_hand.execute(statement, {**parameters, "vector": vector}).fetchall()
        return [page_id for (page_id,) in rows]

    return find


def _connect() -> psycopg.Connection:
    """Connect as a program without Django would: statements are prepared, settings hold for the session."""
    parameters: dict[str, Any] = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    by_hand = psycopg.connect(**parameters, autocommit=True)
    breadth = str(walk_breadth(Generation.objects.get(state=Generation.State.ACTIVE).page_count))
    for name, value in (WALK | {"hnsw.ef_search": breadth}).items():
        by_hand.execute("SELECT set_config(%s, %s, false)", [name, value])
    return by_hand
