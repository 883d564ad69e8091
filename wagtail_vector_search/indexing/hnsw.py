"""The HNSW index of an embedding table, while an empty table is filled for the first time.

Adding vectors one by one to the index costs three times what building it afterwards does. It is put back before the
generation begins to serve; what a killed run has left behind, the next one repairs.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connections, transaction
from pgvector.django import HnswIndex

from ..database.errors import INSUFFICIENT_PRIVILEGE, NO_TIMEOUT, QUERY_CANCELED, has_state
from ..database.execute import fetch
from ..database.tables import table_name
from ..generations.writable import Target
from ..models import AbstractEmbedding
from ..models.registry import get_embedding_dimensions

logger = logging.getLogger(__name__)

#: Pages from which it is worth while.
MIN_PAGES = 300

# It is dropped only where it can be put back: building it takes longer than most time limits, and needs a right that
# the owner of a table may not have.
MAY_DROP = """
SELECT NOT EXISTS (SELECT FROM {embedding})
    AND NOT EXISTS (SELECT FROM {generation} WHERE id <> %(generation)s AND dimensions = %(dimensions)s)
    AND has_schema_privilege((SELECT relnamespace FROM pg_class WHERE oid = to_regclass(%(table)s)), 'CREATE')
    AND current_setting('statement_timeout') = '0'
"""

# As regclass prints it, a name leads to this index and no other, even where another project has the same tables in
# another schema on the search_path.
FIND_INDEX = """
SELECT pg_index.indexrelid::regclass::text, pg_index.indisvalid
FROM pg_index JOIN pg_class ON pg_class.oid = pg_index.indexrelid
WHERE pg_index.indrelid = to_regclass(%(table)s) AND pg_class.relname = %(name)s
"""

# Building is ten times as slow once the graph has outgrown this memory. No more is taken than twice what PostgreSQL was
# given for its own buffers, which tells what the machine has. A vector costs its own bytes and about 800 for its
# neighbours.
GIVE_MEMORY = """
SELECT set_config('maintenance_work_mem', greatest(
    pg_size_bytes(current_setting('maintenance_work_mem')),
    least(
        2 * pg_size_bytes(current_setting('shared_buffers')),
        (SELECT count(*) FROM {embedding}) * (2 * %(dimensions)s + 800)
    )
) / 1024 || 'kB', %(in_transaction)s)
"""

#: PostgreSQL's code for a disk, or the shared memory of a container, that is too small.
DISK_FULL = "53100"

# The view shows all databases of the server, and in a copy of a database a table has the same number.
IS_BEING_BUILT = """
SELECT FROM pg_stat_progress_create_index WHERE datname = current_database() AND relid = to_regclass(%(table)s)
"""


def drop_while_filling(target: Target) -> bool:
    """Drop the HNSW index of a table that is empty and that no other generation can use; return whether it was done.

    Left alone are a table that others use or lock, one that belongs to another role, and one whose index could not be
    built again.
    """
    using, index = target.using, _declared(target.vector_table)
    if index is None or connections[using].in_atomic_block:
        return False
    parameters = {
        **_parameters(target.vector_table, index, using),
        "generation": target.generation_id,
        "dimensions": target.generation.dimensions,
    }
    try:
        with transaction.atomic(using=using):
            fetch(using, "SET LOCAL lock_timeout = '1s'", {})
            if not fetch(using, MAY_DROP, parameters, embedding=target.embedding_table)[0][0]:
                return False
            for name, _ in fetch(using, FIND_INDEX, parameters):
                fetch(using, f"DROP INDEX {name}", {})
    except DatabaseError:
        return False
    return True


def ensure_index(model: type[AbstractEmbedding], using: str) -> None:
    """Build the HNSW index of a table if it is missing or was left half-built. Editors can write meanwhile.

    Where that cannot be done, the log says why and what to do: searches work without it, slower.
    """
    index = _declared(model)
    if index is None:
        return
    parameters = _parameters(model, index, using)
    while fetch(using, IS_BEING_BUILT, parameters):
        time.sleep(0.2)
    found = fetch(using, FIND_INDEX, parameters)
    if found and found[0][1]:
        return
    try:
        _build(model, index, using, half_built=found[0][0] if found else "")
    except DatabaseError as error:
        reason, remedy = str(error).splitlines()[0], _remedy(error, model, index, using)
        logger.error(
            "The HNSW index %s could not be built (%s): searches read the whole table. %s", index.name, reason, remedy
        )


def _build(model: type[AbstractEmbedding], index: HnswIndex, using: str, *, half_built: str) -> None:
    """Build the index with as much memory as it needs; with as little as PostgreSQL is set to where that fails."""
    if half_built:
        _drop(half_built, using)
    try:
        with _memory(model, using):
            _create(model, index, using)
    except DatabaseError as error:
        if not has_state(error, DISK_FULL) or connections[using].in_atomic_block:
            raise
        for name, _ in fetch(using, FIND_INDEX, _parameters(model, index, using)):
            _drop(name, using)
        _create(model, index, using)


@contextmanager
def _memory(model: type[AbstractEmbedding], using: str) -> Iterator[None]:
    """Raise the memory that an index is built in.

    An index is built concurrently outside of a transaction, so the setting is one of the session. A pooling proxy may
    give the building to another session, which then takes its time.
    """
    in_transaction = connections[using].in_atomic_block
    parameters = {"dimensions": get_embedding_dimensions(model), "in_transaction": in_transaction}
    fetch(using, GIVE_MEMORY, parameters, embedding=table_name(model))
    try:
        yield
    finally:
        if not in_transaction:
            fetch(using, "RESET maintenance_work_mem", {})


def _create(model: type[AbstractEmbedding], index: HnswIndex, using: str) -> None:
    with connections[using].schema_editor(atomic=False) as editor:
        postgresql_editor: Any = editor
        postgresql_editor.add_index(model, index, concurrently=not connections[using].in_atomic_block)


def _drop(name: str, using: str) -> None:
    fetch(using, f"DROP INDEX {'CONCURRENTLY ' * (not connections[using].in_atomic_block)}{name}", {})


def _remedy(error: DatabaseError, model: type[AbstractEmbedding], index: HnswIndex, using: str) -> str:
    if has_state(error, INSUFFICIENT_PRIVILEGE):
        editor = connections[using].schema_editor(atomic=False)
        return f"Have the owner of the table run: {index.create_sql(model, editor, concurrently=True)};"
    if has_state(error, QUERY_CANCELED):
        return f"{NO_TIMEOUT} python manage.py update_vector_index"
    return "Run again: python manage.py update_vector_index"


def _parameters(model: type[AbstractEmbedding], index: HnswIndex, using: str) -> dict[str, Any]:
    return {"table": table_name(model), "name": index.name}


def _declared(model: type[AbstractEmbedding]) -> HnswIndex | None:
    return next((index for index in model._meta.indexes if isinstance(index, HnswIndex)), None)
