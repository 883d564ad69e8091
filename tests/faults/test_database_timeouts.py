"""Time limits that a project sets in PostgreSQL: an edit never fails for us, and a visitor gets an answer."""

from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction

from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search.database import time_limits
from wagtail_vector_search.database.execute import SQL
from wagtail_vector_search.database.hnsw import ensure_index
from wagtail_vector_search.indexing import update
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import Embedding256, Entry, Generation
from wagtail_vector_search.retrieval import related_pages
from wagtail_vector_search.retrieval.semantic import SemanticLeg
from wagtail_vector_search.status import get_status

from .snapshots import assert_index_equals_one_built_from_scratch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def limit(connect_default):
    """Return a function that connects with PostgreSQL settings, as ``ALTER ROLE`` would make them."""

    def connect(**settings):
        tally("time limits tried")
        connect_default(OPTIONS={"options": " ".join(f"-c {name}={value}" for name, value in settings.items())})

    return connect


@pytest.fixture
def bread(make_article, build_index):
    page, other = make_article("Bread", "Loaves come from an oven."), make_article("Sailing", "The boat and the sea.")
    build_index()
    return page, other


@contextmanager
def a_worker_holding(page):
    """Let another session have a page's state locked, as a worker that writes its rows does, until the block ends."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute(f"SELECT FROM {Entry._meta.db_table} WHERE page_id = %s FOR UPDATE", [page.pk])
            yield
        other.rollback()
    finally:
        other.close()


def publish(page, text):
    page.introduction = text
    page.save_revision().publish()


@pytest.mark.parametrize("name", ["lock_timeout", "statement_timeout"])
@pytest.mark.parametrize("in_a_transaction", [False, True], ids=["autocommit", "atomic requests"])
def test_an_edit_does_not_fail_for_a_worker_who_is_writing(bread, limit, build_index, name, in_a_transaction):
    page, _ = bread
    limit(**{name: 150})
    with a_worker_holding(page):
        if in_a_transaction:
            with transaction.atomic():
                publish(page, "Mountains.")
        else:
            publish(page, "Mountains.")
        assert ArticlePage.objects.get(pk=page.pk).introduction == "Mountains."
        ArticlePage.objects.get(pk=page.pk).unpublish()
        assert not Page.objects.search("bread", backend="keyword").count()
    build_index()
    assert_index_equals_one_built_from_scratch()


def test_an_edit_out_of_time_is_noted_after_its_commit(bread, limit):
    page, _ = bread
    limit(lock_timeout=150)
    with transaction.atomic(), a_worker_holding(page):
        publish(page, "Mountains.")
        # The worker is done before the editor is.
    assert Page.objects.search("mountains", backend="keyword").count() == 1
    assert_index_equals_one_built_from_scratch()


def test_a_section_made_private_is_removed_after_the_commit(bread, limit):
    page, _ = bread
    limit(lock_timeout=150)
    with transaction.atomic(), a_worker_holding(page):
        PageViewRestriction.objects.create(page=Page.objects.get(pk=page.pk), restriction_type="login")
    assert Entry.objects.get(page=page.pk).skip_reason == "private"


def test_an_edit_costs_one_savepoint_whether_or_not_a_limit_is_known(bread, limit, no_worker):
    def savepoints():
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            bread[0].save()
        texts = [query["sql"] for query in captured if "django_content_type" not in query["sql"]]
        ours = next(number for number, text in enumerate(texts) if "wagtail_vector_search_entry" in text)
        assert texts[ours - 1].startswith("SAVEPOINT")
        return len([text for text in texts if text.startswith("SAVEPOINT")])

    without = savepoints()
    limit(statement_timeout=30_000)
    assert savepoints() == without


@pytest.mark.parametrize("command", ["update_vector_index", "process_vector_queue"])
def test_a_command_that_finds_no_database_says_so_in_a_line(connect_default, command):
    connect_default(HOST="/nowhere")
    with pytest.raises(
        CommandError, match=r'^The database "default" cannot be reached: .* Start PostgreSQL, or [^\n]*$'
    ):
        call_command(command, stdout=StringIO())
    tally("databases that are down")


@pytest.fixture
def slow_semantic_leg(monkeypatch):
    """Let the nearest chunks take longer than any limit."""
    text = "SELECT 1 AS page_id, 0::float8 AS score, 0 AS walked FROM pg_sleep(30)"
    monkeypatch.setattr(SemanticLeg, "exact_statement", lambda leg: SQL(text, leg.candidates.parameters))


@pytest.fixture
def slow_legs(slow_semantic_leg, monkeypatch):
    monkeypatch.setattr("wagtail_vector_search.retrieval.rank.find_by_keywords", sleeping)


def sleeping(*args):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")


@pytest.fixture(params=[False, True], ids=["first search", "later search"])
def warm(request, bread, limit):
    """Limit the time; a process that has searched before runs the legs in its first statement."""
    limit(statement_timeout=200)
    if request.param:
        Page.objects.search("sea", backend="hybrid").count()


@pytest.mark.parametrize("backend", ["hybrid", "semantic"])
@pytest.mark.parametrize("in_a_transaction", [False, True], ids=["autocommit", "atomic requests"])
def test_a_search_whose_vectors_take_too_long_is_answered_by_words(warm, slow_semantic_leg, backend, in_a_transaction):

    def search():
        results = Page.objects.search("loaves from the oven", backend=backend)
        assert [page.title for page in results] == ["Bread"]
        assert results[0].search_passage.text == "Loaves come from an oven."
        assert (results.degraded, results.degraded_reason) == (True, "database_timeout")

    if in_a_transaction:
        with transaction.atomic():
            search()
            assert Page.objects.count()  # the transaction goes on
    else:
        search()


@pytest.mark.parametrize("in_a_transaction", [False, True], ids=["autocommit", "atomic requests"])
def test_where_both_legs_take_too_long_the_keyword_backend_answers(warm, slow_legs, in_a_transaction):

    def search():
        results = ArticlePage.objects.search("bread", backend="hybrid")
        assert [page.title for page in results] == ["Bread"]
        assert results.degraded_reason == "database_timeout"

    if in_a_transaction:
        with transaction.atomic():
            search()
    else:
        search()


@pytest.mark.parametrize("in_a_transaction", [False, True], ids=["autocommit", "atomic requests"])
def test_a_page_is_shown_without_relations_that_take_too_long(bread, limit, slow_semantic_leg, in_a_transaction):
    limit(statement_timeout=200)
    if in_a_transaction:
        with transaction.atomic():
            assert related_pages(bread[0]) == []
            assert Page.objects.count()
    else:
        assert related_pages(bread[0]) == []


def test_a_search_that_an_administrator_cancels_within_a_transaction_is_answered_by_words(bread, monkeypatch):
    text = "SELECT 1 AS page_id, 0::float8 AS score, 0 AS walked FROM pg_cancel_backend(pg_backend_pid()), pg_sleep(30)"
    monkeypatch.setattr(SemanticLeg, "exact_statement", lambda leg: SQL(text, leg.candidates.parameters))
    with transaction.atomic():
        results = Page.objects.search("bread", backend="hybrid")
        assert (results[0].title, results.degraded_reason) == ("Bread", "database_timeout")
    tally("statements cancelled")


def test_a_limit_that_is_not_reached_changes_nothing(bread, limit):
    limit(statement_timeout=30_000, lock_timeout=30_000, idle_in_transaction_session_timeout=30_000)
    with transaction.atomic():
        publish(bread[0], "Mountains.")
        results = Page.objects.search("mountains", backend="hybrid")
        assert not results.degraded
    assert related_pages(bread[0])
    assert_index_equals_one_built_from_scratch()


def test_a_slow_provider_holds_no_transaction_open(bread, limit, use_provider, configure, build_index):
    """PostgreSQL ends a session that is idle within a transaction; none of ours is, while a provider is called."""
    limit(idle_in_transaction_session_timeout=100)
    slow = use_provider("SlowProvider")
    configure(CUTOFF=0.2)
    build_index(rebuild=True)
    assert Generation.objects.get(state="active").background_similarity is not None  # calibrated
    asked = slow.calls
    publish(bread[0], "Mountains.")
    process()
    assert slow.calls == asked + 1
    assert_index_equals_one_built_from_scratch()


def test_an_update_goes_on_under_a_short_limit(make_article, build_index, limit):
    for number in range(40):
        make_article(f"Bread {number}", "Loaves.")
    limit(statement_timeout=1000, lock_timeout=1000)
    build_index()
    assert get_status().problems == []
    assert_index_equals_one_built_from_scratch()


def test_the_hnsw_index_is_not_dropped_where_time_may_not_do_to_build_it(make_article, build_index, limit, monkeypatch):
    monkeypatch.setattr(update, "MIN_PAGES", 1)
    make_article("Bread", "Loaves.")
    limit(statement_timeout=1000)
    during = []
    build_index(progress=lambda _: during.append(has_hnsw_index()))
    assert during == [True]


def test_an_hnsw_index_that_cannot_be_built_in_time_is_told(bread, limit, caplog, build_index):
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX wvs_embedding256_hnsw")
        cursor.execute(
            f"INSERT INTO {Embedding256._meta.db_table}"
            " (generation_id, page_id, position, heading, anchor, text, text_hash, embedding)"
            " SELECT generation_id, page_id, number.position, heading, anchor, text, md5(number.position::text),"
            " (SELECT array_agg(random() + number.position * 0 * element) FROM generate_series(1, 256) AS element)"
            "::vector::halfvec"
            f" FROM {Embedding256._meta.db_table}, generate_series(10, 3000) AS number (position)"
            " WHERE text LIKE 'Loaves%'"
        )
    limit(statement_timeout=300)
    ensure_index(Embedding256, "default")
    assert 'PGOPTIONS="-c statement_timeout=0" python manage.py update_vector_index' in caplog.text
    assert "Traceback" not in caplog.text
    assert Page.objects.search("oven", backend="hybrid").count()
    limit()
    Embedding256.objects.filter(position__gte=10).delete()
    ensure_index(Embedding256, "default")
    assert has_hnsw_index()


def test_an_update_that_is_cancelled_says_what_to_set(bread, limit, monkeypatch):
    monkeypatch.setattr(update, "refresh_term_frequencies", sleeping)
    monkeypatch.setattr(time_limits, "_OPTION", "")  # as behind a proxy that drops it
    limit(statement_timeout=200)
    said = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("update_vector_index", stdout=said)
    assert 'PGOPTIONS="-c statement_timeout=0"' in str(raised.value)
    assert "statement_timeout of 200ms cannot be lifted" in said.getvalue()


def test_an_update_lifts_the_limit_for_itself_alone_and_says_so(make_article, limit, monkeypatch):
    monkeypatch.setattr(update, "MIN_PAGES", 1)
    make_article("Bread", "Loaves.")
    limit(statement_timeout=200)
    during = []
    run = update._run

    def run_slowly(*args, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.4)")
        during.append(has_hnsw_index())
        return run(*args, **options)

    monkeypatch.setattr(update, "_run", run_slowly)
    said = StringIO()
    call_command("update_vector_index", stdout=said)
    assert "statement_timeout of 200ms is lifted for this command" in said.getvalue()
    assert during == [False]  # the index is dropped, which takes half the time
    assert has_hnsw_index()
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("200ms",)


def test_a_queue_that_is_cancelled_says_what_to_set(bread, limit, monkeypatch):
    monkeypatch.setattr("wagtail_vector_search.management.commands.process_vector_queue.drain", sleeping_drain)
    limit(statement_timeout=200)
    with pytest.raises(CommandError) as raised:
        call_command("process_vector_queue", stdout=StringIO())
    assert 'PGOPTIONS="-c statement_timeout=0"' in str(raised.value)


def sleeping_drain(*args, **options):
    sleeping()


def has_hnsw_index():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('wvs_embedding256_hnsw')")
        return bool(cursor.fetchone())
