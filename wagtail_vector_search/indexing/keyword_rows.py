"""Writes the keyword side: one row of terms a page, and the changes to the document frequencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ..models import PageTerms, TermStatistics
from .bm25 import sparse_vector
from .claims import Claims, hold
from .database import copy_rows, page_key_type, run
from .lexemes import Frequencies, count_lexemes, count_pages_with
from .preparation import PreparedPage
from .target import Target

DELETE_TERMS = """
DELETE FROM {terms} WHERE index_id = %(index)s AND page_id = ANY(%(pages)s::{page_key}[])
RETURNING lexemes
"""

# From here on the rows are not those that the hash stands for, until the chunks are written, too.
FORGET_HASHES = """
UPDATE {state} SET content_hash = ''
WHERE index_id = %(index)s AND page_id = ANY(%(pages)s::{page_key}[]) AND content_hash <> ''
"""


def write_keywords(target: Target, claims: Claims, pages: Sequence[PreparedPage]) -> list[PreparedPage]:
    """Write the keyword side of pages, so that they are found by their words whatever becomes of their vectors.

    Returns:
        The pages that were still ours.
    """
    frequencies = count_lexemes(pages, target.using)
    with transaction.atomic(using=target.using):
        held = hold(target, {page.page_id: claims[page.page_id] for page in pages})
        counted = [(page, counts) for page, counts in zip(pages, frequencies, strict=True) if page.page_id in held]
        _replace_terms(target, counted)
    return [page for page, _ in counted]


def _replace_terms(target: Target, counted: Sequence[tuple[PreparedPage, Frequencies]]) -> None:
    parameters = {"index": target.index_id, "pages": [page.page_id for page, _ in counted]}
    run(target.using, FORGET_HASHES, parameters)
    changes = count_pages_with([counts for _, counts in counted])
    for (lexemes,) in run(target.using, DELETE_TERMS, parameters):
        changes.subtract(lexemes)
    copy_rows(target.using, PageTerms, _columns(target.using), [_row(target, page, counts) for page, counts in counted])
    _add_to_ledger(target, changes)


def _columns(using: str) -> dict[str, str]:
    return {
        "index_id": "bigint",
        "page_id": page_key_type(using),
        "config": "text",
        "lexemes": "text[]",
        "weights": "bytea",
        "length": "integer",
    }


def _row(target: Target, page: PreparedPage, counts: Frequencies) -> tuple[Any, ...]:
    weights = sparse_vector(counts, target.generation.average_length)
    return target.index_id, page.page_id, page.config, list(counts), weights, sum(counts.values())


def _add_to_ledger(target: Target, changes: Counter[str]) -> None:
    index_id = target.index_id
    rows: list[tuple[Any, ...]] = [(index_id, lexeme, change) for lexeme, change in changes.items() if change]
    columns = {"index_id": "bigint", "lexeme": "text", "document_frequency": "integer"}
    copy_rows(target.using, TermStatistics, columns, rows)
