"""What indexing costs an editor, and what an update costs the database, in SQL statements."""

from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from wagtail_vector_search import signal_handlers
from wagtail_vector_search.database import availability
from wagtail_vector_search.database.availability import forget_ready
from wagtail_vector_search.models import Generation

pytestmark = pytest.mark.django_db(transaction=True)

OURS = "wagtail_vector_search_"


@pytest.fixture
def _warm(home):
    """The first save of a process looks once whether the tables are there."""
    home.save()


def our_statements(function):
    with CaptureQueriesContext(connection) as queries:
        function()
    return [query["sql"] for query in queries if OURS in query["sql"]]


def unpublish(page):
    page.unpublish()


def publish(page):
    page.title += "."
    page.save_revision().publish()


@pytest.mark.usefixtures("no_worker")
def test_a_publish_costs_one_statement(make_article, build_index):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    build_index()
    statements = our_statements(lambda: publish(page))
    assert len(statements) == 1
    assert statements[0].strip().startswith("INSERT INTO")


@pytest.mark.usefixtures("no_worker")
def test_a_publish_costs_one_statement_however_many_indexes_and_aliases_there_are(
    make_article, build_index, home, settings
):
    index = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index, "other": {**index, "CHUNK_WORDS": 50}}
    page = make_article("Sailing")
    for number in range(3):
        page.create_alias(parent=home, update_slug=f"alias-{number}")
    build_index("default")
    build_index("other")
    assert len(our_statements(lambda: publish(page))) == 1


@pytest.mark.usefixtures("no_worker", "_warm")
def test_without_an_index_a_publish_costs_one_statement_and_no_task(make_article, monkeypatch):
    page = make_article("Sailing")
    enqueued: list[list[int]] = []
    monkeypatch.setattr("wagtail_vector_search.indexing.tasks.enqueue_pages", enqueued.append)
    assert len(our_statements(lambda: publish(page))) == 1
    assert enqueued == []


@pytest.mark.usefixtures("no_worker")
def test_a_draft_costs_nothing(make_article, build_index):
    page = make_article("Sailing")
    build_index()
    assert our_statements(page.save_revision) == []


@pytest.mark.usefixtures("no_worker")
def test_locking_a_page_costs_nothing(make_article, build_index):
    page = make_article("Sailing")
    build_index()
    page.locked = True
    assert our_statements(lambda: page.save(update_fields=["locked", "locked_by", "locked_at"])) == []


@pytest.mark.usefixtures("no_worker", "_warm")
def test_a_new_draft_costs_nothing_and_saving_it_one_statement(make_article, build_index):
    build_index()
    made = []
    assert our_statements(lambda: made.append(make_article("Sailing", live=False))) == []
    assert len(our_statements(made[0].save)) == 1


@pytest.mark.usefixtures("no_worker")
def test_unpublishing_costs_two_statements(make_article, build_index):
    page = make_article("Sailing")
    build_index()
    assert len(our_statements(lambda: unpublish(page))) == 2


@pytest.mark.usefixtures("no_worker")
def test_many_pages_saved_in_one_transaction_make_one_task(make_article, build_index, monkeypatch):
    pages = [make_article(f"Page {number}") for number in range(5)]
    build_index()
    enqueued: list[list[int]] = []
    monkeypatch.setattr("wagtail_vector_search.indexing.tasks.enqueue_pages", enqueued.append)
    with transaction.atomic():
        for page in pages:
            publish(page)
    assert enqueued == [[page.pk for page in pages]]


@pytest.mark.usefixtures("no_worker")
def test_deleting_a_section_takes_as_many_statements_of_ours_as_deleting_a_page(make_article, build_index):
    single, section = make_article("Single"), make_article("Section")
    for number in range(5):
        make_article(f"Page {number}", parent=section)
    build_index()
    section.refresh_from_db()

    def handler_statements(page):
        statements = our_statements(page.delete)
        return [sql for sql in statements if "FOR UPDATE" in sql or sql.strip().startswith("WITH gone")]

    assert len(handler_statements(single)) == len(handler_statements(section))


def test_an_update_that_finds_nothing_writes_nothing(make_article, build_index, provider):
    for number in range(3):
        make_article(f"Page {number}", "The boat crosses the sea.")
    build_index()
    provider.reset()
    statements = our_statements(build_index)
    written = [sql for sql in statements if sql.strip().startswith(("INSERT", "COPY"))]
    assert provider.calls == 0
    assert written == []
    assert build_index().indexed == 0


def test_an_update_that_finds_nothing_takes_as_many_statements_for_ten_pages_as_for_two(make_article, build_index):
    def count():
        build_index()
        with CaptureQueriesContext(connection) as queries:
            build_index()
        return len(queries)

    make_article("First", "Text.")
    make_article("Second", "Text.")
    few = count()
    for number in range(8):
        page = make_article(f"Page {number}", "The boat crosses the sea.")
        page.links.create(label="Boats")
    assert count() == few


def test_an_edit_in_another_database_costs_nothing(make_article, monkeypatch):
    page = make_article("Sailing")
    monkeypatch.setattr(connection, "vendor", "sqlite")
    assert our_statements(lambda: signal_handlers.on_page_saved(type(page), page, False, False, "default")) == []


def test_an_edit_in_a_database_without_our_tables_costs_nothing(make_article):
    page = make_article("Sailing")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {Generation._meta.db_table} RENAME TO elsewhere")
        forget_ready()
        publish(page)
        page.unpublish()
        transaction.set_rollback(True)


def test_a_loaded_fixture_costs_nothing_until_the_next_update(make_article, build_index):
    page = make_article("Sailing")
    build_index()
    assert our_statements(lambda: page.save_base(raw=True)) == []


def test_whether_our_tables_are_there_is_remembered_for_each_tenant(monkeypatch):
    """As django-tenants has it: one connection, another schema for each request."""
    wrapper: Any = connections["default"]
    asked: list[str] = []

    def find_tables(using, statement, parameters):
        asked.append(wrapper.schema_name)
        return [()] if wrapper.schema_name == "tenant" else []

    monkeypatch.setattr(availability, "fetch", find_tables)
    for schema, is_there in (("tenant", True), ("public", False), ("tenant", True)):
        monkeypatch.setattr(wrapper, "schema_name", schema, raising=False)
        assert availability.is_ready("default") is is_there
    assert asked == ["tenant", "public"]
