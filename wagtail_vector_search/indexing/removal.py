"""Deletes what is stored of pages, on both sides, and keeps the document frequencies right."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from ..database.execute import fetch
from ..database.tables import table_name
from ..exceptions import MissingVectorTableError
from ..models import get_vector_table

logger = logging.getLogger(__name__)

DELETE_ROWS = """
WITH gone AS (
    SELECT * FROM unnest(%(generations)s::bigint[], %(pages)s::{page_key}[]) AS pair (generation_id, page_id)
),
chunks AS (
    DELETE FROM {embedding} AS chunk USING gone
    WHERE chunk.page_id = gone.page_id AND chunk.generation_id = gone.generation_id
),
words AS (
    DELETE FROM {entry_terms} AS entry_terms USING gone
    WHERE entry_terms.page_id = gone.page_id AND entry_terms.generation_id = gone.generation_id
    RETURNING entry_terms.generation_id, entry_terms.terms
)
INSERT INTO {term_frequency} (generation_id, term, document_frequency)
SELECT generation_id, term, -count(*)
FROM words CROSS JOIN unnest(terms) AS term
GROUP BY generation_id, term
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
    generations, pages = zip(*pairs, strict=True)
    fetch(using, DELETE_ROWS, {"generations": list(generations), "pages": list(pages)}, embedding=embedding)


def embedding_table_of(dimensions: int, label: str, using: str) -> str | None:
    """Return the quoted name of a generation's embedding table; ``None`` if the project has dropped its model."""
    try:
        return table_name(get_vector_table(dimensions, label))
    except (MissingVectorTableError, LookupError):
        # Searches cannot read such a generation either, and an editor must be able to unpublish.
        logger.exception("An index was built with the embedding model %s, which is not installed.", label)
        return None
