"""Writes the vectors: plans which chunks keep theirs and which need one, and swaps the rows of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ..content import Chunk, hash_text
from ..database.execute import copy_rows, fetch
from ..database.tables import page_key_type
from ..database.vectors import halfvec_binary
from ..generations.writable import WritableGeneration
from . import entry_states, limits
from .entry_states import Claims, Stored
from .preparation import PreparedPage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STORED_CHUNKS = """
SELECT generation_id, page_id, id, text_hash, position, heading, anchor, text
FROM {embedding}
WHERE generation_id = ANY(%(generations)s) AND page_id = ANY(%(pages)s::{page_key}[])
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


# A worker may delete a chunk of the serving generation at any time; locked, it stays until the copy is made.
LOCK_DONORS = "SELECT id FROM {embedding} WHERE id = ANY(%(chunks)s::bigint[]) FOR KEY SHARE"

COPY_CHUNKS = """
INSERT INTO {embedding} (generation_id, page_id, position, heading, anchor, text, text_hash, embedding)
SELECT %(generation)s, donor.page_id, copied.position, copied.heading, copied.anchor, copied.text, donor.text_hash,
    donor.embedding
FROM unnest(%(ids)s::bigint[], %(positions)s::int[], %(headings)s::text[], %(anchors)s::text[], %(texts)s::text[])
    AS copied (id, position, heading, anchor, text)
JOIN {embedding} AS donor ON donor.id = copied.id
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
    #: Primary keys of rows that keep their vector, while their position, heading, anchor or text changes.
    moved: list[tuple[int, Chunk]] = field(default_factory=list)
    #: The same of the generation that serves: their vectors are copied.
    copied: list[tuple[int, Chunk]] = field(default_factory=list)
    #: Primary keys of rows to delete.
    gone: list[int] = field(default_factory=list)


def plan_pages(writable: WritableGeneration, pages: Sequence[PreparedPage]) -> list[PagePlan]:
    """Compare what pages say with the chunks that are stored of them. One statement.

    A generation that is being built takes the vectors of the generation that serves where both have the same model: a
    change of anything else calls no provider for a text that has stayed.
    """
    generations = [writable.generation_id, *([writable.donor_id] if writable.donor_id else [])]
    parameters = {"generations": generations, "pages": [page.page_id for page in pages]}
    stored: dict[Any, list[Sequence[Any]]] = defaultdict(list)
    rows = fetch(writable.using, STORED_CHUNKS, parameters, embedding=writable.embedding_table)
    for generation_id, page_id, *row in rows:
        stored[page_id, generation_id].append(row)
    return [
        plan_page(page, stored[page.page_id, writable.generation_id], stored[page.page_id, writable.donor_id])
        for page in pages
    ]


def plan_page(page: PreparedPage, stored: Iterable[Sequence[Any]], donated: Iterable[Sequence[Any]] = ()) -> PagePlan:
    """Compare one page with its stored chunks.

    Args:
        page: what it says now.
        stored: key, hash, position, heading, anchor and text of each chunk.
        donated: the same of chunks whose vectors may be copied.
    """
    donors = {row[1]: row[0] for row in donated}
    rows_by_hash: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in stored:
        rows_by_hash[row[1]].append(row)
    plan = PagePlan(page)
    for chunk, text in zip(page.chunks, page.texts(), strict=True):
        text_hash = hash_text(text)
        if not rows_by_hash[text_hash]:
            if text_hash in donors:
                plan.copied.append((donors[text_hash], chunk))
            else:
                plan.new.append(NewChunk(chunk, text, text_hash))
            continue
        key, _, *place = rows_by_hash[text_hash].pop(0)
        if place != [chunk.position, chunk.heading, chunk.anchor, chunk.text]:
            plan.moved.append((key, chunk))
    plan.gone = [row[0] for rows in rows_by_hash.values() for row in rows]
    return plan


def swap(
    writable: WritableGeneration, claims: Claims, plans: Sequence[PagePlan], vectors: Sequence[NDArray[np.float32]]
) -> set[Any]:
    """Replace the rows of pages, all rows of a page at once.

    Args:
        writable: the generation.
        claims: the pages' versions.
        plans: what to write.
        vectors: for each plan the vectors of its new chunks, shape ``(len(plan.new), dimensions)``.

    Returns:
        The pages whose claim was still valid.
    """
    swapped: set[Any] = set()
    size = max(len(plans), 1) if writable.without_hnsw else limits.SWAP_PAGES
    for start in range(0, len(plans), size):
        part = slice(start, start + size)
        with transaction.atomic(using=writable.using):
            writable.commit_asynchronously()
            held = entry_states.hold(writable, {plan.page.page_id: claims[plan.page.page_id] for plan in plans[part]})
            held -= _without_donors(writable, plans[part])
            pairs = zip(plans[part], vectors[part], strict=True)
            _write(writable, [(plan, rows) for plan, rows in pairs if plan.page.page_id in held])
        swapped |= held
    return swapped


def _without_donors(writable: WritableGeneration, plans: Sequence[PagePlan]) -> set[Any]:
    """Return the pages with a vector to copy that is gone: an editor has changed them. They are planned again."""
    wanted = {key for plan in plans for key, _ in plan.copied}
    if not wanted:
        return set()
    rows = fetch(writable.using, LOCK_DONORS, {"chunks": list(wanted)}, embedding=writable.embedding_table)
    gone = wanted - {row.id for row in rows}
    return {plan.page.page_id for plan in plans if any(key in gone for key, _ in plan.copied)}


def _write(writable: WritableGeneration, pages: Sequence[tuple[PagePlan, NDArray[np.float32]]]) -> None:
    table, using = writable.embedding_table, writable.using
    if gone := [key for plan, _ in pages for key in plan.gone]:
        fetch(using, DELETE_CHUNKS, {"chunks": gone}, embedding=table)
    if moved := [row for plan, _ in pages for row in plan.moved]:
        fetch(using, MOVE_CHUNKS, _places(moved), embedding=table)
    if copied := [row for plan, _ in pages for row in plan.copied]:
        fetch(using, COPY_CHUNKS, {**_places(copied), "generation": writable.generation_id}, embedding=table)
    columns = {
        "generation_id": "bigint",
        "page_id": page_key_type(using),
        "position": "integer",
        "heading": "text",
        "anchor": "text",
        "text": "text",
        "text_hash": "text",
        "embedding": "bytea",
    }
    rows = [row for plan, vectors in pages for row in new_rows(writable.generation_id, plan, vectors)]
    copy_rows(using, writable.vector_table, columns, rows)
    stored = [Stored(plan.page.page_id, plan.page.content_hash, len(plan.page.chunks)) for plan, _ in pages]
    entry_states.finish(writable, stored)


def _places(chunks: Sequence[tuple[int, Chunk]]) -> dict[str, list[Any]]:
    """Return keys of rows, and what their chunks are now, column by column."""
    return {
        "ids": [key for key, _ in chunks],
        "positions": [chunk.position for _, chunk in chunks],
        "headings": [chunk.heading for _, chunk in chunks],
        "anchors": [chunk.anchor for _, chunk in chunks],
        "texts": [chunk.text for _, chunk in chunks],
    }


def new_rows(generation_id: int, plan: PagePlan, vectors: NDArray[np.float32]) -> Iterator[tuple[Any, ...]]:
    """Yield the row of each new chunk of a page, as ``COPY`` takes it."""
    for new, vector in zip(plan.new, halfvec_binary(vectors), strict=True):
        chunk = new.chunk
        place = chunk.position, chunk.heading, chunk.anchor, chunk.text
        yield generation_id, plan.page.page_id, *place, new.text_hash, vector
