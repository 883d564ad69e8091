"""What a request leaves to be done is worked off without a worker and without a command, by a thread of the process."""

import threading
from unittest import mock

import pytest
from django.core.signals import request_finished
from django.db import connection, transaction
from wagtail.models import Page, PageViewRestriction

from tests.faults.processes import wait_until
from tests.testapp.models import ArticlePage
from wagtail_vector_search.indexing import limits, tasks, worker
from wagtail_vector_search.indexing.background import Background
from wagtail_vector_search.models import Entry

from .contents import is_stored, state_of, texts_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _background(settings, monkeypatch):
    """As in production: a thread does what a request leaves."""
    settings.WAGTAIL_VECTOR_SEARCH_BACKGROUND = True
    monkeypatch.setattr(limits, "INLINE_PAGES", 2)
    yield
    tasks.background.join(30)


@pytest.fixture
def pages(make_article, build_index):
    pages = [make_article(f"Page {number}", "The boat crosses the sea.") for number in range(6)]
    build_index()
    return pages


def publish_all(pages, text):
    with transaction.atomic():
        for page in pages:
            article = ArticlePage.objects.get(pk=page.pk)
            article.introduction = text
            article.save_revision().publish()


@pytest.mark.usefixtures("_background")
def test_what_a_bulk_publish_leaves_is_indexed_by_the_thread(pages):
    publish_all(pages, "The harbour.")
    tasks.background.join(30)
    assert all("The harbour." in " ".join(texts_of(page)) for page in pages)
    assert not Entry.objects.exclude(state="indexed").exists()


@pytest.mark.usefixtures("_background")
def test_a_remote_provider_is_called_by_the_thread_and_not_by_the_request(
    pages, use_provider, build_index, monkeypatch
):
    provider = use_provider("HookedRemoteProvider")
    build_index()
    is_over, waits = threading.Event(), []
    provider.hook = lambda: waits.append(is_over.wait(30))
    publish_all(pages[:1], "The harbour.")
    is_over.set()
    tasks.background.join(30)
    assert state_of(pages[0]).state == "indexed"
    assert waits == [True]


@pytest.mark.usefixtures("_background")
def test_without_background_pages_stay_pending_and_the_log_names_the_command(pages, settings, monkeypatch, caplog):
    settings.WAGTAIL_VECTOR_SEARCH_BACKGROUND = False
    monkeypatch.setattr(limits, "INLINE_PAGES_ALONE", 2)
    monkeypatch.setattr(limits, "TASK_PAGES", 2)
    publish_all(pages, "The harbour.")
    assert Entry.objects.filter(state="pending").count() == 4
    assert "python manage.py process_vector_queue" in caplog.text


@pytest.mark.usefixtures("_background")
def test_requests_that_follow_heal_the_index_now_and_then(pages, monkeypatch):
    PageViewRestriction.objects.bulk_create([PageViewRestriction(page=pages[0].page_ptr, restriction_type="login")])
    monkeypatch.setattr(tasks, "_next_look", 0.0)
    request_finished.send(sender=None)
    tasks.background.join(30)
    assert not is_stored(pages[0])
    Page.objects.filter(pk=pages[1].pk).update(live=False)
    request_finished.send(sender=None)  # too soon after the last
    tasks.background.join(30)
    assert is_stored(pages[1])


@pytest.mark.usefixtures("_background")
@pytest.mark.django_db(transaction=False)
def test_in_a_test_case_no_thread_is_started(pages, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(tasks.background, "start", lambda: pytest.fail("It would not see the test's transaction."))
    monkeypatch.setattr(tasks, "_next_look", 0.0)
    tasks.work_now_and_then()
    with django_capture_on_commit_callbacks(execute=True):
        publish_all(pages, "The harbour.")
    assert all("The harbour." in " ".join(texts_of(page)) for page in pages)


@pytest.mark.usefixtures("_background")
def test_with_a_worker_the_thread_hands_on_what_is_due_and_does_nothing_itself(pages, no_worker, monkeypatch):
    publish_all(pages[:1], "The harbour.")
    task = mock.Mock()
    monkeypatch.setattr(tasks, "process_queue_task", task)
    monkeypatch.setattr(tasks, "_next_look", 0.0)
    request_finished.send(sender=None)
    tasks.background.join(30)
    task.enqueue.assert_called_once_with()
    assert state_of(pages[0]).state == "pending"


@pytest.mark.usefixtures("_background")
def test_a_page_that_another_transaction_has_locked_does_not_keep_the_thread_busy(pages, monkeypatch):
    Entry.objects.filter(page=pages[0].pk).update(state="pending")
    drains = mock.Mock(wraps=worker.drain)
    monkeypatch.setattr(worker, "drain", drains)
    with transaction.atomic():
        list(Entry.objects.select_for_update().filter(page=pages[0].pk))
        tasks.background.start()
        tasks.background.join(30)
        assert drains.call_count == 1
    tasks.background.start()
    tasks.background.join(30)
    assert state_of(pages[0]).state == "indexed"


@pytest.mark.usefixtures("_background")
def test_the_thread_goes_on_with_what_a_task_had_no_time_for(pages, monkeypatch):
    monkeypatch.setattr(limits, "QUEUE_SECONDS", -1)
    drains = mock.Mock()
    monkeypatch.setattr(worker, "drain", drains)
    Entry.objects.update(state="pending")
    monkeypatch.setattr(tasks.background, "is_ending", lambda: drains.call_count == 2)
    tasks.background.start()
    tasks.background.join(30)
    assert drains.call_count == 2


@pytest.mark.usefixtures("_background")
def test_an_error_in_the_thread_is_logged_and_the_next_start_works(pages, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr(worker, "catch_up", mock.Mock(side_effect=ValueError))
        tasks.background.start()
        tasks.background.join(30)
    assert "stay pending" in caplog.text
    publish_all(pages, "The harbour.")
    tasks.background.join(30)
    assert not Entry.objects.exclude(state="indexed").exists()


class TestBackground:
    def test_a_function_that_is_wanted_meanwhile_runs_once_more(self):
        runs: list[None] = []
        has_begun, may_end = threading.Event(), threading.Event()

        def function():
            runs.append(None)
            has_begun.set()
            may_end.wait(30)

        background = Background(function)
        background.start()
        assert has_begun.wait(30)
        background.start()
        background.start()
        may_end.set()
        background.join(30)
        assert len(runs) == 2

    def test_the_connections_of_the_thread_are_closed(self):
        left = []

        def function():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                left.append(cursor.fetchone()[0])

        background = Background(function)
        background.start()
        background.join(30)

        def is_gone():
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", left)
                return cursor.fetchone()[0] == 0

        wait_until(is_gone, "PostgreSQL has ended the session of the thread")

    def test_a_process_that_ends_starts_nothing(self):
        background = Background(lambda: pytest.fail("It ran."))
        background._end()
        background.start()
        background.join(30)
        assert background.is_ending()

    def test_a_process_that_cannot_start_threads_goes_on(self, monkeypatch, caplog):
        def start(thread):
            raise RuntimeError("can't start new thread")

        background = Background(lambda: None)
        monkeypatch.setattr(threading.Thread, "start", start)
        background.start()
        assert "next request or worker" in caplog.text
