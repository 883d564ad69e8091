"""The reference of a row to its page, which the database follows when the page is deleted."""

from __future__ import annotations

from typing import Any

import swapper
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def page_key(**options: Any) -> models.ForeignKey[Any, Any]:
    """Return the foreign key of a row to its page. Where PostgreSQL follows it, ``GoesWithPage`` is its constraint."""
    page = swapper.get_model_name("wagtailcore", "Page")
    return models.ForeignKey(page, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", **options)


class GoesWithPage(models.BaseConstraint):
    """Lets PostgreSQL delete a row together with its page.

    Django would delete the rows itself, by a statement for each table: one that is missing, or that the role may not
    write to, would keep an editor from deleting the page.
    """

    def create_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> str | None:  # type: ignore[override]
        """Return the statement that adds the foreign key; nothing where rows are never written."""
        if schema_editor is None or schema_editor.connection.vendor != "postgresql":
            return None
        field, quote = model._meta.get_field("page"), schema_editor.quote_name
        target = field.target_field
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY ({quote(field.column)}) REFERENCES {quote(target.model._meta.db_table)} "
            f"({quote(target.column)}) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
        )

    def constraint_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> None:  # type: ignore[override]
        """Have the foreign key added once all tables are there."""
        if schema_editor is not None and (statement := self.create_sql(model, schema_editor)):
            schema_editor.deferred_sql.append(statement)

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> str | None:  # type: ignore[override]
        """Return the statement that drops the foreign key."""
        if schema_editor is None or schema_editor.connection.vendor != "postgresql":
            return None
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT IF EXISTS {quote(self.name)}"

    def validate(self, *args: Any, **options: Any) -> None:
        """Accept every row: only the database can tell."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GoesWithPage) and self.name == other.name

    def __hash__(self) -> int:
        return hash((GoesWithPage, self.name))
