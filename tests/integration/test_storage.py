"""Where PostgreSQL keeps the long values of a row."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

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


def test_there_is_a_way_back():
    loader = MigrationLoader(connection)
    app, name = "wagtail_vector_search", "0004_weights_inline"
    before, after = (loader.project_state((app, number)) for number in ("0003_calibration", name))
    (operation,) = loader.get_migration(app, name).operations
    with connection.schema_editor() as editor:
        operation.database_backwards(app, editor, after, before)
    assert storage("weights") == "x"
    with connection.schema_editor() as editor:
        operation.database_forwards(app, editor, before, after)
    assert storage("weights") == "m"
