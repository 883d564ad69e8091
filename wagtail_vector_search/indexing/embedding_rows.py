"""Writes the vectors: which chunks keep theirs, which need one, and the swap of a page's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ..content import Chunk, hash_text
from ..database.execute import copy_rows, fetch
from ..database.tables import page_key_type
from ..generations.writable import Target
from .claims import Claims, commit_at_leisure, hold
from .outcomes import Stored, finish
from .preparation import PreparedPage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Pages whose rows are swapped in one transaction: few, for an editor who saves one of them meanwhile has to wait. A
#: whole batch is as quick while the HNSW index is away.
SWAP_PAGES = 50

STORED_CHUNKS = """
SELECT page_id, id, text_hash, position, heading, anchor, text
FROM {embedding}
WHERE generation_id = %(generation)s AND page_id = ANY(%(pages)s::{page_key}[])
ORDER BY page_id, position
"""

DELETE_CHUNKS = "DELETE FROM {embedding} WHERE id = ANY(%(chunks)s::bigint[])"

MOVE_CHUNKS = """
UPDATE {embedding} AS chunk
SET position = moved.position, heading = moved.heading, anchor = moved.anchor, text = moved.text
FROM unnest(%(ids)s::bigint[], %(positions)s::int[], %(headings)s::text[], %(anchors)s::text[], %(texts)s::text[])
    AS moved (id, position, heading, anchor, text)
WHERE chunk.id = moved.id
"""


@dataclass(slots=True)
class NewChunk:
    """A chunk that needs a vector."""

    chunk: Chunk
    #: What the model sees.
    text: str
    text_hash: str


@dataclass(slots=True)
class PagePlan:
    """How a page's stored chunks become those it has now."""

    page: PreparedPage
    new: list[NewChunk] = field(default_factory=list)
    #: Primary keys of rows that keep their vector, with a place, heading, anchor or text that has changed.
    moved: list[tuple[int, Chunk]] = field(default_factory=list)
    #: Primary keys of rows to delete.
    gone: list[int] = field(default_factory=list)


def plan_pages(target: Target, pages: Sequence[PreparedPage]) -> list[PagePlan]:
    """Compare what pages say with the chunks that are stored of them. One statement."""
    parameters = {"generation": target.generation_id, "pages": [page.page_id for page in pages]}
    stored = defaultdict(list)
    for page_id, *row in fetch(target.using, STORED_CHUNKS, parameters, embedding=target.embedding_table):
        stored[page_id].append(row)
    return [_plan_page(page, stored[page.page_id]) for page in pages]


def _plan_page(page: PreparedPage, stored: Iterable[Sequence[Any]]) -> PagePlan:
    rows_by_hash: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in stored:
        rows_by_hash[row[1]].append(row)
    plan = PagePlan(page)
    for chunk, text in zip(page.chunks, page.texts(), strict=True):
        text_hash = hash_text(text)
        if not rows_by_hash[text_hash]:
            plan.new.append(NewChunk(chunk, text, text_hash))
            continue
        key, _, *place = rows_by_hash[text_hash].pop(0)
        if place != [chunk.position, chunk.heading, chunk.anchor, chunk.text]:
            plan.moved.append((key, chunk))
    plan.gone = [row[0] for rows in rows_by_hash.values() for row in rows]
    return plan


def swap(target: Target, claims: Claims, plans: Sequence[PagePlan], vectors: Sequence[NDArray[np.float32]]) -> set[Any]:
    """Let pages have their new rows, all rows of a page at once.

    Args:
        target: the generation.
        claims: the pages' versions.
        plans: what to write.
        vectors: for each plan the vectors of its new chunks, shape ``(len(plan.new), dimensions)``.

    Returns:
        The pages that were still ours.
    """
    held: set[Any] = set()
    size = max(len(plans), 1) if target.without_hnsw else SWAP_PAGES
    for start in range(0, len(plans), size):
        part = slice(start, start + size)
        with transaction.atomic(using=target.using):
            commit_at_leisure(target)
            still_ours = hold(target, {plan.page.page_id: claims[plan.page.page_id] for plan in plans[part]})
            pairs = zip(plans[part], vectors[part], strict=True)
            _write(target, [(plan, rows) for plan, rows in pairs if plan.page.page_id in still_ours])
        held |= still_ours
    return held


def _write(target: Target, pages: Sequence[tuple[PagePlan, NDArray[np.float32]]]) -> None:
    table, using = target.embedding_table, target.using
    if gone := [key for plan, _ in pages for key in plan.gone]:
        fetch(using, DELETE_CHUNKS, {"chunks": gone}, embedding=table)
    if moved := [row for plan, _ in pages for row in plan.moved]:
        fetch(using, MOVE_CHUNKS, _moves(moved), embedding=table)
    rows = [row for plan, vectors in pages for row in _new_rows(target.generation_id, plan, vectors)]
    copy_rows(using, target.vector_table, _columns(using), rows)
    finish(target, [Stored(plan.page.page_id, plan.page.content_hash, len(plan.page.chunks)) for plan, _ in pages])


def _columns(using: str) -> dict[str, str]:
    return {
        "generation_id": "bigint",
        "page_id": page_key_type(using),
        "position": "integer",
        "heading": "text",
        "anchor": "text",
        "text": "text",
        "text_hash": "text",
        "embedding": "bytea",
    }


def _moves(moved: Sequence[tuple[int, Chunk]]) -> dict[str, list[Any]]:
    chunks = [chunk for _, chunk in moved]
    return {
        "ids": [key for key, _ in moved],
        "positions": [chunk.position for chunk in chunks],
        "headings": [chunk.heading for chunk in chunks],
        "anchors": [chunk.anchor for chunk in chunks],
        "texts": [chunk.text for chunk in chunks],
    }


def _new_rows(generation_id: int, plan: PagePlan, vectors: NDArray[np.float32]) -> Iterator[tuple[Any, ...]]:
    for new, vector in zip(plan.new, halfvec_binary(vectors), strict=True):
        chunk = new.chunk
        yield (
            generation_id, plan.page.page_id, chunk.position, chunk.heading, chunk.anchor, chunk.text, new.text_hash, vector,
        )  # fmt: skip


def halfvec_binary(vectors: NDArray[np.float32]) -> Iterator[bytes]:
    """Yield vectors in the binary form of pgvector's ``halfvec``: dimensions, 0, values of half precision."""
    import numpy as np

    head = np.array([vectors.shape[1] if vectors.ndim == 2 else 0, 0], dtype=">i2").tobytes()
    for row in vectors.astype(">f2"):
        yield head + row.tobytes()
