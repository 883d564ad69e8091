"""Dumps and restores, as docs/how-to/back-up-and-move.md has them: the restored site answers, and status is right."""

import pytest
from django.core.management import call_command
from wagtail.models import Page

from testproject.embedded_postgres.server import SUPERUSER
from wagtail_vector_search.status import get_status

from .snapshots import assert_index_equals_one_built_from_scratch

pytestmark = pytest.mark.django_db(transaction=True)

RESTORED = "restored"

SEARCH_EXTENSIONS = f"ALTER DATABASE {RESTORED} SET search_path = public, extensions"

DROP_TABLES = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE tablename LIKE 'wagtail_vector_search%' LOOP
        EXECUTE 'DROP TABLE ' || name || ' CASCADE';
    END LOOP;
END $$
"""


@pytest.fixture
def move(own_database, connect_default, make_article, build_index):
    """Return a function that dumps a site with its index, restores it elsewhere, and connects Django to that."""
    make_article("Sailing", "The boat crosses the sea.")
    make_article("Bread", "Loaves from the oven.")
    build_index()

    def restore(*options, prepare=()):
        dump = own_database.server.data / "site.dump"
        login = f"host={own_database.server.sockets} user={SUPERUSER}"
        own_database.server.call(
            "pg_dump", "--format=custom", *options, f"--file={dump}", f"--dbname={login} dbname=of_a_test"
        )
        own_database.drop_database(RESTORED)
        own_database.execute(f"CREATE DATABASE {RESTORED}")
        for statement in prepare:
            own_database.execute(statement, RESTORED)
        own_database.server.call("pg_restore", f"--dbname={login} dbname={RESTORED}", str(dump), check=not prepare)
        connect_default(**own_database.address, NAME=RESTORED)

    yield restore
    connect_default()
    own_database.drop_database(RESTORED)


def first_title(query):
    return Page.objects.search(query, backend="hybrid")[0].title


def test_a_dump_brings_the_index_back(move):
    move()
    assert get_status(sampled=True).problems == []
    assert first_title("boat") == "Sailing"
    assert_index_equals_one_built_from_scratch()


def test_a_dump_is_restored_where_the_extension_is_there_already(move):
    move(prepare=["CREATE EXTENSION vector SCHEMA public", "CREATE SCHEMA extensions"])
    call_command("vector_search_status", "--check")
    assert first_title("boat") == "Sailing"


def test_the_extension_can_move_to_another_schema_after_the_restore(move, own_database, connect_default):
    move(prepare=["CREATE SCHEMA extensions"])
    own_database.execute("ALTER EXTENSION vector SET SCHEMA extensions", RESTORED)
    own_database.execute(f"ALTER DATABASE {RESTORED} SET search_path = public, extensions")
    connect_default(**own_database.address, NAME=RESTORED)
    assert get_status(sampled=True).problems == []
    assert first_title("boat") == "Sailing"


def test_a_dump_without_the_rows_of_the_index_is_smaller_and_says_that_it_was_never_built(move):
    move("--exclude-table-data=wagtail_vector_search_*")
    assert "has not been built" in get_status().problems[0]
    call_command("update_vector_index", quiet=True)
    assert first_title("boat") == "Sailing"
    assert get_status(sampled=True).problems == []


def test_a_dump_without_some_rows_of_the_index_is_named_and_mended(move):
    move("--exclude-table-data=wagtail_vector_search_embedding*")
    assert "lack some of their rows" in get_status().problems[0]
    call_command("process_vector_queue", quiet=True)
    assert get_status(sampled=True).problems == []
    assert_index_equals_one_built_from_scratch()


def test_a_dump_restored_where_the_extension_has_another_schema_is_repaired_by_what_is_printed(move, own_database):
    """``pg_restore`` reports errors, and some of the tables are missing."""
    move(prepare=["CREATE SCHEMA extensions", "CREATE EXTENSION vector SCHEMA extensions", SEARCH_EXTENSIONS])
    (problem,) = get_status().problems
    assert "update_vector_index --recreate-tables" in problem
    page = Page.objects.get(title="Bread")
    page.unpublish()
    Page.objects.get(title="Sailing").delete()
    assert Page.objects.search("home", backend="hybrid").degraded_reason == "index_unreadable"
    call_command("update_vector_index", recreate_tables=True, quiet=True)
    assert get_status(sampled=True).problems == []
    assert first_title("home") == "Home"


def test_tables_that_are_gone_are_made_again(move, own_database):
    move()
    own_database.execute(DROP_TABLES, RESTORED)
    call_command("update_vector_index", recreate_tables=True, quiet=True)
    assert get_status(sampled=True).problems == []
    own_database.execute("REINDEX INDEX CONCURRENTLY wvs_embedding256_hnsw", RESTORED)
    assert first_title("boat") == "Sailing"
