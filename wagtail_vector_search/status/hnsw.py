"""The approximate index of a table of embeddings, as PostgreSQL sees it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from ..models import AbstractEmbedding


@dataclass(frozen=True)
class HnswStatus:
    """The approximate index of an embedding table, as PostgreSQL sees it."""

    name: str
    valid: bool
    scans: int


def read_hnsw(model: type[AbstractEmbedding], connection: BaseDatabaseWrapper) -> HnswStatus | None:
    """Return the HNSW index of a table, or ``None`` if there is none. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT index.relname, pg_index.indisvalid, coalesce(stat.idx_scan, 0)"
            " FROM pg_index"
            " JOIN pg_class AS index ON index.oid = pg_index.indexrelid"
            " JOIN pg_am ON pg_am.oid = index.relam AND pg_am.amname = 'hnsw'"
            " LEFT JOIN pg_stat_user_indexes AS stat ON stat.indexrelid = pg_index.indexrelid"
            " WHERE pg_index.indrelid = to_regclass(%s)",
            [connection.ops.quote_name(model._meta.db_table)],
        )
        row = cursor.fetchone()
    return HnswStatus(*row) if row else None
