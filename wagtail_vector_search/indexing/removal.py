"""Deletes what is stored of pages, on both sides, and keeps the document frequencies right."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from ..exceptions import MissingEmbeddingModelError
from ..models import get_embedding_model
from .database import run, table_name

logger = logging.getLogger(__name__)

DELETE_ROWS = """
WITH gone AS (
    SELECT * FROM unnest(%(indexes)s::bigint[], %(pages)s::{page_key}[]) AS pair (index_id, page_id)
),
chunks AS (
    DELETE FROM {embedding} AS chunk USING gone
    WHERE chunk.page_id = gone.page_id AND chunk.index_id = gone.index_id
),
words AS (
    DELETE FROM {terms} AS terms USING gone
    WHERE terms.page_id = gone.page_id AND terms.index_id = gone.index_id
    RETURNING terms.index_id, terms.lexemes
)
INSERT INTO {statistics} (index_id, lexeme, document_frequency)
SELECT index_id, lexeme, -count(*)
FROM words CROSS JOIN unnest(lexemes) AS lexeme
GROUP BY index_id, lexeme
"""


def delete_rows(pairs: Sequence[tuple[int, Any]], embedding: str | None, using: str) -> None:
    """Delete the keyword row and the chunks of pages. One statement.

    The states of the pages must be locked, or a worker may write at the same time.

    Args:
        pairs: generation and page.
        embedding: quoted name of the table with their vectors; ``None`` does nothing.
        using: the database.
    """
    if not pairs or embedding is None:
        return
    indexes, pages = zip(*pairs, strict=True)
    run(using, DELETE_ROWS, {"indexes": list(indexes), "pages": list(pages)}, embedding=embedding)


def embedding_table_of(dimensions: int, label: str, using: str) -> str | None:
    """Return the quoted name of a generation's embedding table; ``None`` if the project has dropped its model."""
    try:
        return table_name(get_embedding_model(dimensions, label), using)
    except (MissingEmbeddingModelError, LookupError):
        # Searches cannot read such a generation either, and an editor must be able to unpublish.
        logger.exception("An index was built with the embedding model %s, which is not installed.", label)
        return None
