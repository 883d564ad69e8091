"""The HNSW index of a vector table: its state, and how it is dropped and built again around a first build.

Adding vectors one by one to the index costs three times what building it afterwards does. The index is built before
the generation begins to serve; the next run repairs what a killed run has left behind.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connections, transaction
from pgvector.django import HnswIndex

from ..models import AbstractEmbedding
from ..models.embeddings import get_embedding_dimensions
from .errors import INSUFFICIENT_PRIVILEGE, NO_TIMEOUT, QUERY_CANCELED, has_state
from .execute import fetch
from .tables import table_name

logger = logging.getLogger(__name__)

#: Pages of a site from which dropping the index saves time.
MIN_PAGES = 300

STATUS = """
SELECT index.relname AS name, pg_index.indisvalid AS valid, coalesce(stat.idx_scan, 0) AS scans
FROM pg_index
JOIN pg_class AS index ON index.oid = pg_index.indexrelid
JOIN pg_am ON pg_am.oid = index.relam AND pg_am.amname = 'hnsw'
LEFT JOIN pg_stat_user_indexes AS stat ON stat.indexrelid = pg_index.indexrelid
WHERE pg_index.indrelid = to_regclass(%(table)s)
"""

# The index is dropped only where it can be built again: building takes longer than most time limits, and needs a right
# that the owner of a table may not have.
MAY_DROP = """
SELECT NOT EXISTS (SELECT FROM {embedding})
    AND NOT EXISTS (SELECT FROM {generation} WHERE id <> %(generation)s AND dimensions = %(dimensions)s)
    AND has_schema_privilege((SELECT relnamespace FROM pg_class WHERE oid = to_regclass(%(table)s)), 'CREATE')
    AND current_setting('statement_timeout') = '0'
"""

# As regclass prints it, a name leads to this index and no other, even where another project has the same tables in
# another schema on the search_path.
FIND_INDEX = """
SELECT pg_index.indexrelid::regclass::text AS name, pg_index.indisvalid AS valid
FROM pg_index JOIN pg_class ON pg_class.oid = pg_index.indexrelid
WHERE pg_index.indrelid = to_regclass(%(table)s) AND pg_class.relname = %(name)s
"""

# Building is ten times as slow once the graph has outgrown this memory. The upper bound is twice the size of
# PostgreSQL's own buffers, which tells how much the machine has. A vector takes its own bytes and about 800 for its
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


@dataclass(frozen=True, slots=True)
class HnswStatus:
    """The HNSW index of a vector table."""

    name: str
    #: Whether it is complete, so that searches can use it.
    valid: bool
    #: How often it has been scanned.
    scans: int


def read_hnsw(model: type[AbstractEmbedding], using: str) -> HnswStatus | None:
    """Return the HNSW index of a table, or ``None`` if there is none. One statement."""
    rows = fetch(using, STATUS, {"table": table_name(model)})
    return HnswStatus(*rows[0]) if rows else None


def drop_while_filling(model: type[AbstractEmbedding], using: str, *, generation_id: int) -> bool:
    """Drop the HNSW index of an empty table that only this generation uses; return whether it was dropped.

    It stays where another generation uses the table, another process locks it, another role owns it, or the index
    could not be built again.
    """
    index = _declared(model)
    if index is None or connections[using].in_atomic_block:
        return False
    parameters = _parameters(model, index)
    parameters |= {"generation": generation_id, "dimensions": get_embedding_dimensions(model)}
    try:
        with transaction.atomic(using=using):
            fetch(using, "SET LOCAL lock_timeout = '1s'")
            if not fetch(using, MAY_DROP, parameters, embedding=table_name(model))[0][0]:
                return False
            for found in fetch(using, FIND_INDEX, parameters):
                fetch(using, f"DROP INDEX {found.name}")
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
    parameters = _parameters(model, index)
    while fetch(using, IS_BEING_BUILT, parameters):
        time.sleep(0.2)
    found = fetch(using, FIND_INDEX, parameters)
    if found and found[0].valid:
        return
    try:
        _build(model, index, using, half_built=found[0].name if found else "")
    except DatabaseError as error:
        reason, remedy = str(error).splitlines()[0], _remedy(error, model, index, using)
        logger.error(
            "The HNSW index %s could not be built (%s): searches read the whole table. %s", index.name, reason, remedy
        )


def _build(model: type[AbstractEmbedding], index: HnswIndex, using: str, *, half_built: str) -> None:
    """Build the index in as much memory as it needs or, where that fails, in as much as PostgreSQL is set to."""
    if half_built:
        _drop(half_built, using)
    try:
        with _memory(model, using):
            create_index(model, index, using)
    except DatabaseError as error:
        if not has_state(error, DISK_FULL) or connections[using].in_atomic_block:
            raise
        for found in fetch(using, FIND_INDEX, _parameters(model, index)):
            _drop(found.name, using)
        create_index(model, index, using)


@contextmanager
def _memory(model: type[AbstractEmbedding], using: str) -> Iterator[None]:
    """Raise the memory that an index is built in.

    An index is built concurrently outside of a transaction, so this is a setting of the session. A pooling proxy may
    run the build in another session, where it takes longer.
    """
    in_transaction = connections[using].in_atomic_block
    parameters = {"dimensions": get_embedding_dimensions(model), "in_transaction": in_transaction}
    fetch(using, GIVE_MEMORY, parameters, embedding=table_name(model))
    try:
        yield
    finally:
        if not in_transaction:
            fetch(using, "RESET maintenance_work_mem")


def create_index(model: type[AbstractEmbedding], index: HnswIndex, using: str) -> None:
    """Build an index, concurrently where no transaction is open."""
    with connections[using].schema_editor(atomic=False) as editor:
        postgresql_editor: Any = editor
        postgresql_editor.add_index(model, index, concurrently=not connections[using].in_atomic_block)


def _drop(name: str, using: str) -> None:
    fetch(using, f"DROP INDEX {'CONCURRENTLY ' * (not connections[using].in_atomic_block)}{name}")


def _remedy(error: DatabaseError, model: type[AbstractEmbedding], index: HnswIndex, using: str) -> str:
    if has_state(error, INSUFFICIENT_PRIVILEGE):
        editor = connections[using].schema_editor(atomic=False)
        return f"Have the owner of the table run: {index.create_sql(model, editor, concurrently=True)};"
    if has_state(error, QUERY_CANCELED):
        return f"{NO_TIMEOUT} python manage.py update_vector_index"
    return "Run again: python manage.py update_vector_index"


def _parameters(model: type[AbstractEmbedding], index: HnswIndex) -> dict[str, Any]:
    return {"table": table_name(model), "name": index.name}


def _declared(model: type[AbstractEmbedding]) -> HnswIndex | None:
    return next((index for index in model._meta.indexes if isinstance(index, HnswIndex)), None)
