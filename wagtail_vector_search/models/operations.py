"""A migration operation for indexes that only PostgreSQL has."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations import AddIndex


class AddPostgreSQLIndex(AddIndex):
    """``AddIndex`` that leaves other databases alone, so that the app migrates cleanly on SQLite.

    For the migration of a project's own embedding model, where SQLite matters to it.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
