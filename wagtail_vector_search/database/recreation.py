"""Creates all tables of the package again, where a database was restored without them or in part."""

from __future__ import annotations

from django.db import connections
from django.db.migrations.loader import MigrationLoader

from ..models import Generation
from .obstacles import our_tables
from .tables import table_name


def recreate_tables(using: str) -> None:
    """Drop the tables and run the migration of this package again, in one transaction; what was in them is lost.

    What Django remembers of migrations stays as it is: a migration of the project may depend on ours.

    Args:
        using: the database.
    """
    connection = connections[using]
    app_label = Generation._meta.app_label
    loader = MigrationLoader(connection)
    with connection.schema_editor(atomic=True) as editor:
        for model in our_tables():
            editor.execute(f"DROP TABLE IF EXISTS {table_name(model)} CASCADE")
        (leaf,) = loader.graph.leaf_nodes(app_label)
        for key in loader.graph.forwards_plan(leaf):
            if key[0] == app_label:
                loader.graph.nodes[key].apply(loader.project_state(key, at_end=False), editor)
        for model in our_tables():
            if model._meta.app_label != app_label:
                editor.create_model(model)
