"""Where PostgreSQL keeps the long values of a row."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from wagtail_vector_search.database.operations import SetPostgreSQLStorage
from wagtail_vector_search.models import EntryTerms

pytestmark = pytest.mark.django_db


def storage(column):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstorage::text FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s",
            [EntryTerms._meta.db_table, column],
        )
        return cursor.fetchone()[0]


def test_the_weights_stay_in_the_rows_and_the_terms_need_not():
    assert (storage("weights"), storage("terms")) == ("m", "x")


def test_the_storage_can_be_taken_back_and_set_again():
    loader = MigrationLoader(connection)
    app, name = "wagtail_vector_search", "0001_initial"
    state = loader.project_state((app, name))
    operations = loader.get_migration(app, name).operations
    (operation,) = (operation for operation in operations if isinstance(operation, SetPostgreSQLStorage))
    with connection.schema_editor() as editor:
        operation.database_backwards(app, editor, state, state)
    assert storage("weights") == "x"
    with connection.schema_editor() as editor:
        operation.database_forwards(app, editor, state, state)
    assert storage("weights") == "m"
