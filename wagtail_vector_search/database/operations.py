"""Migration operations for what only PostgreSQL has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.management.base import CommandError
from django.db import NotSupportedError, ProgrammingError, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex
from django.db.migrations.operations.base import Operation
from django.db.models import Model
from django.utils.translation import gettext as _
from pgvector.django import VectorExtension

from ..models import get_vector_tables
from .extension import is_test_database, read_extension


class CreateVectorExtension(VectorExtension):
    """Create pgvector unless it is there; say what to type where that needs a database administrator.

    For the migration of a project's own vector table.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the extension, and see that statements find it.

        Raises:
            CommandError: the role may not create it, or it is in a schema that is not on the search_path.
        """
        connection = schema_editor.connection
        if connection.vendor == "postgresql" and router.allow_migrate(connection.alias, app_label):
            with _saying_what_to_type(connection):
                super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Leave the extension: other applications may use it."""


def create_extension_without_migrations(using: str, **kwargs: Any) -> None:
    """Create pgvector where tables are made without migrations; a receiver of ``pre_migrate``.

    So it is under ``pytest --no-migrations`` and ``MIGRATION_MODULES = {"wagtail_vector_search": None}``.

    Raises:
        CommandError: the role may not create it, or it is in a schema that is not on the search_path.
    """
    connection = connections[using]
    if connection.vendor != "postgresql" or not any(map(partial(_has_no_migrations, using), get_vector_tables())):
        return
    with _saying_what_to_type(connection), connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")


def _has_no_migrations(using: str, model: type[Model]) -> bool:
    module, _explicit = MigrationLoader.migrations_module(model._meta.app_label)
    return module is None and router.allow_migrate_model(using, model)


@contextmanager
def _saying_what_to_type(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Create the extension, and see that statements find it."""
    before = read_extension(connection)
    try:
        yield
    except (
        ProgrammingError,
        NotSupportedError,
    ) as error:  # managed services refuse what they do not list as the latter
        refused = _("The role {role} may not create the extension pgvector ({error}).").format(
            role=before.role, error=str(error).splitlines()[0]
        )
        advice = [refused, before.how_to_create()]
        if is_test_database(connection):
            advice.append(before.how_to_create_for_tests())
        raise CommandError("\n".join(advice)) from error
    found = read_extension(connection)
    if found.is_hidden:
        raise CommandError(f"{found.describe_hidden()}\n{found.how_to_find()}")


class AddPostgreSQLIndex(AddIndex):
    """``AddIndex`` that leaves other databases alone, so that the app migrates cleanly on SQLite.

    For the migration of a project's own vector table, where SQLite matters to it.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class SetPostgreSQLStorage(Operation):
    """Choose how PostgreSQL stores the long values of a column; other databases are not changed.

    Holds for rows written from then on.

    Args:
        model_name: of the table.
        field_name: of the column.
        storage: ``MAIN`` keeps values in their rows as long as these fit into a page.
        before: what it was, for the way back.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, field_name: str, storage: str, before: str = "EXTENDED") -> None:
        self.model_name = model_name
        self.field_name = field_name
        self.storage = storage
        self.before = before

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the models as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Set it."""
        self._set(self.storage, app_label, schema_editor, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Set what it was."""
        self._set(self.before, app_label, schema_editor, from_state)

    def describe(self) -> str:
        """Say what is done."""
        return f"Store {self.field_name} of {self.model_name} as {self.storage}"

    def _set(self, storage: str, app_label: str, schema_editor: Any, state: Any) -> None:
        connection = schema_editor.connection
        model = state.apps.get_model(app_label, self.model_name)
        if connection.vendor == "postgresql" and self.allow_migrate_model(connection.alias, model):
            quote = schema_editor.quote_name
            table, column = quote(model._meta.db_table), quote(model._meta.get_field(self.field_name).column)
            schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE {storage}")
