"""Everything works behind PgBouncer in transaction mode, where the next statement may run in any session."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command, get_commands
from django.db import connection, connections, transaction
from wagtail.models import Page, PageViewRestriction

from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search import checks
from wagtail_vector_search.database.hnsw import drop_while_filling
from wagtail_vector_search.indexing import update
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import Embedding256
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.retrieval import related_pages
from wagtail_vector_search.status import get_status

from .editors import publish, publish_in_a_transaction
from .snapshots import assert_index_equals_one_built_from_scratch

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 8


@pytest.fixture
def walk_the_index(monkeypatch):
    """Let searches go through the HNSW index, however small the site."""
    monkeypatch.setattr(constants, "EXACT_SCAN_AT_LEAST", 0)
    monkeypatch.setattr(constants, "EXACT_SCAN_PER_ROOT", 0)
    monkeypatch.setattr(constants, "MAX_CHUNKS", 1)


@pytest.fixture
def library(pgbouncer, make_article, build_index):
    """A built index, behind PgBouncer."""
    articles = [make_article(f"Bread {number}", f"Loaf number {number} comes from an oven.") for number in range(12)]
    build_index()
    return articles


def search(words, backend="hybrid"):
    return [page.title for page in Page.objects.search(words, backend=backend)[:10]]


def sessions(pooler):
    """Return which sessions of PostgreSQL a client meets, statement by statement."""
    met = set()
    for _ in range(20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            met.add(cursor.fetchone()[0])
    return met


def at_once(function, arguments):
    """Call a function in several threads at once, each with a connection of its own."""
    barrier = threading.Barrier(len(arguments))

    def call(argument):
        try:
            barrier.wait(30)
            return function(argument)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(arguments)) as threads:
        return list(threads.map(call, arguments))


def test_the_pooler_does_hand_a_client_from_session_to_session(pgbouncer):
    at_once(lambda _: sessions(pgbouncer), range(2))
    assert len(sessions(pgbouncer)) == pgbouncer.POOL


def test_tables_are_made_and_removed_through_it(pgbouncer):
    call_command("migrate", "wagtail_vector_search", verbosity=0)
    with connection.schema_editor() as editor:
        editor.delete_model(Embedding256)
        editor.create_model(Embedding256)
    assert checks.check_database(databases=["default"]) != []  # not built yet


def test_a_first_build_drops_and_builds_the_hnsw_index(pgbouncer, make_article, build_index, monkeypatch):
    dropped = []
    monkeypatch.setattr(update, "MIN_PAGES", 1)
    monkeypatch.setattr(
        update, "drop_while_filling", lambda *args, **options: dropped.append(drop_while_filling(*args, **options))
    )
    make_article("Bread", "Loaves come from an oven.")
    assert build_index().indexed == 2
    assert dropped == [True]
    status = get_status()
    assert status.problems == []
    assert "wvs_embedding256_hnsw" in str(status.indexes[0].generations[0].hnsw)
    assert checks.check_database(databases=["default"]) == []


def test_what_editors_do_is_followed(library, build_index):
    page, other = library[:2]
    publish(page.pk, "Sailing.")
    assert page.title in search("sailing", "keyword")
    publish_in_a_transaction(other.pk, "Mountains.")
    assert other.title in search("mountains", "keyword")
    ArticlePage.objects.get(pk=page.pk).unpublish()
    assert search("sailing", "keyword") == []
    restriction = PageViewRestriction.objects.create(page=Page.objects.get(pk=other.pk), restriction_type="login")
    assert search("mountains", "keyword") == []
    restriction.delete()
    assert other.title in search("mountains", "keyword")
    Page.objects.get(pk=other.pk).delete()
    assert search("mountains", "keyword") == []
    assert_index_equals_one_built_from_scratch()


def test_the_queue_is_worked_off_by_a_process_of_its_own(library, no_worker, processes):
    publish(library[0].pk, "Sailing.")
    assert library[0].title not in search("sailing", "keyword")
    if "process_vector_queue" in get_commands():
        processes.command("process_vector_queue").succeed()
    else:
        process()
    assert search("sailing", "keyword") == [library[0].title]
    ArticlePage.objects.filter(pk=library[1].pk).update(introduction="Mountains.")  # seen by no signal
    processes.command("update_vector_index").succeed()
    assert search("mountains", "keyword") == [library[1].title]
    processes.command("update_vector_index", "--rebuild").succeed()
    assert_index_equals_one_built_from_scratch()


def test_editors_workers_and_visitors_share_few_sessions(library, pgbouncer, settings):
    """More clients than sessions: each of them goes on in whatever session is free."""

    def work(number):
        publish(library[number].pk, f"Edited by {number}.")
        found = search(f"loaf number {number}")
        related_pages(library[number])
        process()
        return found

    assert all(at_once(work, range(CLIENTS)))
    tally("clients on a shared session", CLIENTS)
    process()
    assert_index_equals_one_built_from_scratch()


def test_updates_at_once_take_turns(pgbouncer, make_article, build_index):
    for number in range(5):
        make_article(f"Bread {number}", "Loaves.")
    at_once(lambda _: build_index(), range(3))
    build_index()
    assert_index_equals_one_built_from_scratch()


@pytest.mark.parametrize("in_a_transaction", [False, True], ids=["autocommit", "atomic requests"])
def test_no_setting_of_a_search_reaches_another_client(library, walk_the_index, in_a_transaction):
    def look(number):
        if in_a_transaction:
            with transaction.atomic():
                assert search("bread", "semantic")
        else:
            assert search("bread", "semantic")
        return leftovers()

    for found in at_once(look, range(CLIENTS)):
        assert found == {("off", "40", "20000")}
    tally("clients on a shared session", CLIENTS)


def leftovers():
    """Return the settings that each session has which a client meets."""
    found = set()
    for _ in range(10):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT '[1]'::halfvec(1) IS NOT NULL, current_setting('hnsw.iterative_scan', true),"
                " current_setting('hnsw.ef_search', true), current_setting('hnsw.max_scan_tuples', true)"
            )
            found.add(cursor.fetchone()[1:])
    return found


def test_searches_related_pages_and_the_status(library, walk_the_index):
    results = ArticlePage.objects.search("bread from the oven", backend="hybrid")
    assert results.count() == 12
    assert not results.degraded
    assert results[0].search_passage.text
    assert results.facet("live") == {True: 12}
    assert len(related_pages(library[0], limit=5)) == 5
    assert get_status().problems == []
    call_command("vector_search_status", check=True)


def test_no_session_keeps_a_lock_or_a_cursor(library, pgbouncer, build_index, walk_the_index):
    build_index(rebuild=True)
    search("bread")
    with connection.cursor() as cursor:
        here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        cursor.execute(f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND {here}")
        assert cursor.fetchone() == (0,)
        for view in ("pg_cursors", "pg_prepared_statements"):
            cursor.execute(f"SELECT count(*) FROM {view} WHERE statement NOT LIKE '%{view}%'")
            assert cursor.fetchone() == (0,)


def reconnect(pooler):
    """Let PgBouncer open sessions that have the present settings of the database."""
    with suppress(psycopg.ProgrammingError):  # the command returns nothing
        pooler.execute("RECONNECT")
    connection.close()


def test_an_update_says_that_the_way_to_postgresql_does_not_let_a_time_limit_be_lifted(library, running_pgbouncer):
    """PgBouncer refuses the option that a direct connection takes; a statement would hold for other clients, too."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" SET statement_timeout = 60000')
    reconnect(running_pgbouncer)
    try:
        said = StringIO()
        call_command("update_vector_index", stdout=said)
        assert "The statement_timeout of 1min cannot be lifted on this way to PostgreSQL." in said.getvalue()
        assert "12 unchanged" in said.getvalue() or "13 unchanged" in said.getvalue()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" RESET statement_timeout')
        reconnect(running_pgbouncer)
