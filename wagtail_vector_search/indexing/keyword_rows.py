"""Writes the keyword side: one row of terms a page, and the changes to the document frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ..database.execute import copy_rows, fetch
from ..database.tables import page_key_type
from ..generations.writable import Target
from ..models import EntryTerms, Generation, TermFrequency
from .bm25 import sparse_vector
from .claims import Claims, commit_at_leisure, hold
from .preparation import PreparedPage
from .terms import Frequencies, count_pages_with

DELETE_TERMS = """
DELETE FROM {entry_terms} WHERE generation_id = %(generation)s AND page_id = ANY(%(pages)s::{page_key}[])
RETURNING terms
"""

# From here on the rows are not those that the hash stands for, until the chunks are written, too.
FORGET_HASHES = """
UPDATE {entry} SET content_hash = ''
WHERE generation_id = %(generation)s AND page_id = ANY(%(pages)s::{page_key}[]) AND content_hash <> ''
"""

# ``refresh_term_frequencies`` counts all that is stored before a generation can serve, and locks its row for that. What is
# stored before needs no entry in the ledger, and this lock makes sure that it is stored before. Where it cannot be had
# at once, an entry is never wrong.
IS_UNCOUNTED = "SELECT TRUE FROM {generation} WHERE id = %(generation)s AND updated_at IS NULL FOR SHARE SKIP LOCKED"


def write_keywords(
    target: Target, claims: Claims, pages: Sequence[PreparedPage], frequencies: Sequence[Frequencies]
) -> list[PreparedPage]:
    """Write the keyword side of pages, so that they are found by their words whatever becomes of their vectors.

    Args:
        target: the generation.
        claims: the pages' versions.
        pages: what to write.
        frequencies: how often each term stands on each page.

    Returns:
        The pages that were still ours.
    """
    with transaction.atomic(using=target.using):
        needs_ledger = not _is_uncounted(target)
        commit_at_leisure(target)
        held = hold(target, {page.page_id: claims[page.page_id] for page in pages})
        counted = [(page, counts) for page, counts in zip(pages, frequencies, strict=True) if page.page_id in held]
        removed = _replace_terms(target, counted)
        if needs_ledger:
            _add_to_ledger(target, [counts for _, counts in counted], removed)
    return [page for page, _ in counted]


def _is_uncounted(target: Target) -> bool:
    """Return whether document frequencies have never been taken. One statement for a generation that is built."""
    if target.generation.state != Generation.State.BUILDING:
        return False
    return bool(fetch(target.using, IS_UNCOUNTED, {"generation": target.generation_id}))


def _replace_terms(target: Target, counted: Sequence[tuple[PreparedPage, Frequencies]]) -> list[list[str]]:
    """Write the rows of pages, and return the terms of those that they replace."""
    parameters = {"generation": target.generation_id, "pages": [page.page_id for page, _ in counted]}
    fetch(target.using, FORGET_HASHES, parameters)
    removed = [terms for (terms,) in fetch(target.using, DELETE_TERMS, parameters)]
    copy_rows(
        target.using, EntryTerms, _columns(target.using), [_row(target, page, counts) for page, counts in counted]
    )
    return removed


def _columns(using: str) -> dict[str, str]:
    return {
        "generation_id": "bigint",
        "page_id": page_key_type(using),
        "config": "text",
        "terms": "text[]",
        "weights": "bytea",
        "length": "integer",
    }


def _row(target: Target, page: PreparedPage, counts: Frequencies) -> tuple[Any, ...]:
    weights = sparse_vector(counts, target.generation.average_length)
    return target.generation_id, page.page_id, page.config, list(counts), weights, sum(counts.values())


def _add_to_ledger(target: Target, added: Sequence[Frequencies], removed: Sequence[Sequence[str]]) -> None:
    changes = count_pages_with(added)
    for terms in removed:
        changes.subtract(terms)
    rows: list[tuple[Any, ...]] = [(target.generation_id, term, change) for term, change in changes.items() if change]
    columns = {"generation_id": "bigint", "term": "text", "document_frequency": "integer"}
    copy_rows(target.using, TermFrequency, columns, rows)
