"""Migration operations for what only PostgreSQL has."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.db import ProgrammingError, router
from django.db.migrations.operations import AddIndex
from django.utils.translation import gettext as _
from pgvector.django import VectorExtension

from .extension import read_extension


class CreateVectorExtension(VectorExtension):
    """Create pgvector unless somebody has; say what to type where that needs a database administrator.

    For the migration of a project's own embedding model.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the extension, and see that statements find it.

        Raises:
            CommandError: the role may not create it, or it is in a schema that is not on the search_path.
        """
        connection = schema_editor.connection
        if connection.vendor != "postgresql" or not router.allow_migrate(connection.alias, app_label):
            return
        before = read_extension(connection)
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        except ProgrammingError as error:
            refused = _("The role {role} may not create the extension pgvector ({error}).").format(
                role=before.role, error=str(error).splitlines()[0]
            )
            raise CommandError(f"{refused}\n{before.how_to_create()}") from error
        found = read_extension(connection)
        if found.is_hidden:
            raise CommandError(f"{found.describe_hidden()}\n{found.how_to_find()}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Leave the extension: others may use it, and it may be somebody else's."""


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
