"""The HNSW index of an embedding table, while an empty table is filled for the first time.

Adding vectors one by one to the index costs three times what building it afterwards does. It is put back before the
generation begins to serve; what a killed run has left behind, the next one repairs.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.db import DatabaseError, connections, transaction
from pgvector.django import HnswIndex

from ..models import AbstractPageEmbedding
from .database import run, table_name
from .target import Target

logger = logging.getLogger(__name__)

#: Pages from which it is worth while.
MIN_PAGES = 300

IS_ALONE = """
SELECT NOT EXISTS (SELECT FROM {embedding})
    AND NOT EXISTS (SELECT FROM {generation} WHERE id <> %(index)s AND dimensions = %(dimensions)s)
"""

VALIDITY = """
SELECT pg_index.indisvalid
FROM pg_index JOIN pg_class ON pg_class.oid = pg_index.indexrelid
WHERE pg_index.indrelid = to_regclass(%(table)s) AND pg_class.relname = %(name)s
"""

IS_BEING_BUILT = "SELECT FROM pg_stat_progress_create_index WHERE relid = to_regclass(%(table)s)"


def drop_while_filling(target: Target) -> bool:
    """Drop the HNSW index of a table that is empty and that no other generation can use; return whether it was done.

    Left alone are a table that others use or lock, and one that belongs to another role.
    """
    using, index = target.using, _declared(target.embedding_model)
    parameters = {"index": target.index_id, "dimensions": target.generation.dimensions}
    if index is None or connections[using].in_atomic_block:
        return False
    try:
        with transaction.atomic(using=using):
            run(using, "SET LOCAL lock_timeout = '1s'", {})
            if not run(using, IS_ALONE, parameters, embedding=target.embedding_table)[0][0]:
                return False
            run(using, f"DROP INDEX IF EXISTS {connections[using].ops.quote_name(index.name)}", {})
    except DatabaseError:
        return False
    return True


def ensure_index(model: type[AbstractPageEmbedding], using: str) -> None:
    """Build the HNSW index of a table if it is missing or was left half-built. Editors can write meanwhile."""
    index = _declared(model)
    if index is None:
        return
    parameters = {"table": table_name(model, using), "name": index.name}
    while run(using, IS_BEING_BUILT, parameters):
        time.sleep(0.2)
    found = run(using, VALIDITY, parameters)
    if found and found[0][0]:
        return
    concurrently = not connections[using].in_atomic_block
    try:
        with connections[using].schema_editor(atomic=False) as editor:
            postgresql_editor: Any = editor
            if found:
                postgresql_editor.remove_index(model, index, concurrently=concurrently)
            postgresql_editor.add_index(model, index, concurrently=concurrently)
    except DatabaseError:
        logger.exception("The HNSW index %s could not be built; searches read the whole table.", index.name)


def _declared(model: type[AbstractPageEmbedding]) -> HnswIndex | None:
    return next((index for index in model._meta.indexes if isinstance(index, HnswIndex)), None)
