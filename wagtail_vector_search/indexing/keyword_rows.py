"""Writes the keyword side: one row of terms for each page, and the changes to the document frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ..database.arrays import text_array_binary
from ..database.execute import copy_rows, fetch
from ..database.sparse_vectors import sparse_binary
from ..database.tables import page_key_type
from ..generations.writable import WritableGeneration
from ..models import EntryTerms, Generation, TermFrequency
from ..ranking.bm25 import bm25_weights
from . import entry_states
from .entry_states import Claims
from .preparation import PreparedPage
from .terms import PageTerms, count_pages_with

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DELETE_TERMS = """
DELETE FROM {entry_terms} WHERE generation_id = %(generation)s AND page_id = ANY(%(pages)s::{page_key}[])
RETURNING terms
"""

# Before a generation can serve, ``refresh_term_frequencies`` counts all that is stored, and locks the generation's row
# for that. Rows committed before that count need no ledger row; this shared lock makes the count wait for them.
# Where the lock is taken, the ledger is written: the count corrects a row that was not needed.
IS_UNCOUNTED = "SELECT TRUE FROM {generation} WHERE id = %(generation)s AND updated_at IS NULL FOR SHARE SKIP LOCKED"


def write_keywords(
    writable: WritableGeneration, claims: Claims, pages: Sequence[PreparedPage], terms: Sequence[PageTerms]
) -> list[PreparedPage]:
    """Write the keyword side of pages, so that searches find them by their words even if their vectors fail.

    Args:
        writable: the generation.
        claims: the pages' versions.
        pages: what to write.
        terms: of each page.

    Returns:
        The pages whose claim was still valid.
    """
    with transaction.atomic(using=writable.using):
        is_building = writable.generation.state == Generation.State.BUILDING
        is_uncounted = is_building and fetch(writable.using, IS_UNCOUNTED, {"generation": writable.generation_id})
        writable.commit_asynchronously()
        held = entry_states.hold(writable, {page.page_id: claims[page.page_id] for page in pages})
        counted = [(page, counts) for page, counts in zip(pages, terms, strict=True) if page.page_id in held]
        removed = replace_terms(writable, counted)
        if not is_uncounted:
            changes = count_pages_with([counts for _, counts in counted])
            for gone in removed:
                changes.subtract(gone)
            ledger = [(writable.generation_id, term, change) for term, change in changes.items() if change]
            columns = {"generation_id": "bigint", "term": "text", "document_frequency": "integer"}
            copy_rows(writable.using, TermFrequency, columns, ledger)
    return [page for page, _ in counted]


def document_weights(page: PageTerms, average_length: float) -> NDArray[np.float64]:
    """Return what is stored for each of ``page.terms``: the document side of BM25, and 1 for the term of the title."""
    import numpy as np

    weights = bm25_weights(page.frequencies, page.length, average_length)
    return np.append(weights, np.ones(len(page.exact), dtype=weights.dtype))


def replace_terms(writable: WritableGeneration, counted: Sequence[tuple[PreparedPage, PageTerms]]) -> list[list[str]]:
    """Write the rows of pages, and return the terms of those that they replace. Three statements."""
    using, generation = writable.using, writable.generation
    pages = [page.page_id for page, _ in counted]
    entry_states.invalidate(writable, pages)
    deleted = fetch(using, DELETE_TERMS, {"generation": generation.pk, "pages": pages})
    columns = {
        "generation_id": "bigint",
        "page_id": page_key_type(using),
        "language_code": "text",
        "terms": "bytea",
        "weights": "bytea",
        "length": "integer",
    }
    rows: list[tuple[Any, ...]] = []
    for page, counts in counted:
        terms = counts.terms
        weights = sparse_binary(terms, document_weights(counts, generation.average_length))
        binary = text_array_binary(terms)
        rows.append((generation.pk, page.page_id, page.language_code, binary, weights, counts.length))
    copy_rows(using, EntryTerms, columns, rows)
    return [row.terms for row in deleted]
