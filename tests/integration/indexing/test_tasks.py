"""Who does the work: the task backends of the project, and an editor's request that must not wait for a network."""

import logging
from typing import Any

import pytest
from django.db import connection, transaction

from wagtail_vector_search.indexing import limits, tasks, worker
from wagtail_vector_search.indexing.tasks import process_pages_task
from wagtail_vector_search.indexing.worker import process

from .contents import is_stored, state_of, terms_of, texts_of

pytestmark = pytest.mark.django_db(transaction=True)


def publish(page, text):
    page.introduction = text
    page.save_revision().publish()


def test_a_local_model_is_asked_in_the_request(make_article, build_index, provider):
    page = make_article("Sailing")
    build_index()
    publish(page, "The sea.")
    assert texts_of(page) == ["The sea."]


def test_a_remote_model_is_never_asked_in_the_request(make_article, build_index, use_provider):
    remote = use_provider("RemoteProvider")
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    remote.reset()
    publish(page, "The sea.")
    assert remote.calls == 0
    assert terms_of(page) == {"=sailing", "sail", "the", "sea"}
    assert texts_of(page) == ["The boat."]
    state = state_of(page)
    assert (state.state, state.lease_expires_at) == ("pending", None)


def test_the_next_worker_or_update_makes_the_vectors_that_a_request_left(make_article, build_index, use_provider):
    remote = use_provider("RemoteProvider")
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    publish(page, "The sea.")
    assert process().indexed == 1
    assert texts_of(page) == ["The sea."]
    publish(page, "The bread.")
    assert build_index().indexed == 1
    assert texts_of(page) == ["The bread."]
    assert remote.calls == 3


def test_a_task_that_another_process_runs_asks_the_remote_model(make_article, build_index, use_provider, no_worker):
    use_provider("RemoteProvider")
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    publish(page, "The sea.")
    process_pages_task.func([page.pk])
    assert texts_of(page) == ["The sea."]


def test_a_task_backend_that_fails_breaks_no_publish(make_article, build_index, monkeypatch, caplog):
    page = make_article("Sailing")
    build_index()

    class DownQueue:
        def enqueue(self, page_ids):
            raise ConnectionError("The queue is down.")

    monkeypatch.setattr(tasks, "process_pages_task", DownQueue())
    publish(page, "The sea.")
    assert state_of(page).state == "pending"
    assert "could not be handed to the task backend" in caplog.text
    assert process().indexed == 1


def test_an_error_in_a_task_that_runs_at_once_breaks_no_publish_and_is_logged(
    make_article, build_index, monkeypatch, caplog
):
    page = make_article("Sailing")
    build_index()

    def fail(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_function()")

    monkeypatch.setattr(worker, "process", fail)
    publish(page, "The sea.")
    assert "no_such_function" in caplog.text
    page.refresh_from_db()
    assert page.introduction == "The sea."
    assert state_of(page).state == "pending"


@pytest.mark.django_db(transaction=False)
def test_a_database_error_in_a_task_within_a_test_case_does_not_take_its_transaction_down(
    make_article, build_index, monkeypatch, django_capture_on_commit_callbacks, caplog
):
    page = make_article("Sailing")
    build_index()

    def fail(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_function()")

    monkeypatch.setattr(worker, "process", fail)
    with django_capture_on_commit_callbacks(execute=True):
        publish(page, "The sea.")
    page.refresh_from_db()
    assert page.introduction == "The sea."


@pytest.mark.django_db(transaction=False)
def test_a_project_can_test_its_pages_in_a_test_case(make_article, build_index, django_capture_on_commit_callbacks):
    page = make_article("Sailing")
    build_index()
    for text in ("The sea.", "The bread."):
        with django_capture_on_commit_callbacks(execute=True):
            publish(page, text)
        assert texts_of(page) == [text]


def test_a_request_does_not_index_more_pages_than_it_should(make_article, build_index, monkeypatch, caplog):
    build_index()
    monkeypatch.setattr(limits, "INLINE_PAGES_ALONE", 2)
    monkeypatch.setattr(limits, "TASK_PAGES", 1)
    with caplog.at_level(logging.WARNING), transaction.atomic():
        pages = [make_article(f"Page {number}") for number in range(4)]
    assert [is_stored(page) for page in pages] == [True, True, False, False]
    assert "2 page(s) stay pending" in caplog.text
    process()
    assert all(is_stored(page) for page in pages)


def test_tasks_are_cut_into_pieces_for_workers(make_article, build_index, monkeypatch, no_worker, settings):
    from django_tasks import default_task_backend

    build_index()
    monkeypatch.setattr(limits, "TASK_PAGES", 2)
    backend: Any = default_task_backend
    backend.clear()
    with transaction.atomic():
        pages = [make_article(f"Page {number}") for number in range(5)]
    keys = [page.pk for page in pages]
    mine = [r.args[0] for r in backend.results if r.task.func is process_pages_task.func]
    assert mine == [keys[:2], keys[2:4], keys[4:]]
