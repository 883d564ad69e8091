"""PostgreSQL is restarted, or crashes, under those who use it."""

import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.core.signals import request_started
from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction
from wagtail.models import Page

from tests.testapp.models import ArticlePage
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import Entry
from wagtail_vector_search.retrieval import related_pages
from wagtail_vector_search.status import get_status

from .editors import publish
from .processes import wait_until
from .snapshots import assert_index_equals_one_built_from_scratch, let_time_pass

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "of_a_test"
#: Ways in which projects keep connections.
KEPT: dict[str, dict[str, Any]] = {
    "pool": {"OPTIONS": {"pool": {"min_size": 1, "max_size": 3, "timeout": 10}}, "CONN_MAX_AGE": 0},
    "persistent": {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True},
    "persistent, unchecked": {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False},
    "for one request": {"CONN_MAX_AGE": 0},
}


@pytest.fixture(params=KEPT)
def kept(request, own_database, connect_default):
    """The site keeps its connections in one of those ways; returns how."""
    connect_default(**{**own_database.address, "NAME": NAME, **KEPT[request.param]})
    yield request.param
    connect_default()


@pytest.fixture
def articles(own_database, make_article, build_index):
    made = [make_article(f"Bread {number}", f"Loaf number {number} comes from an oven.") for number in range(10)]
    build_index()
    return made


def in_a_request(function):
    """Call a function between the signals that Django sends around a request."""
    request_started.disconnect(close_old_connections)  # pytest-django keeps the test's connection open with this
    close_old_connections()
    try:
        return function()
    finally:
        close_old_connections()


def eventually(function):
    """Call a function in a request after another, as visitors do, and return how many of them failed."""
    failures = 0
    while True:
        try:
            in_a_request(function)
        except (OperationalError, InterfaceError):
            failures += 1
            assert failures < 5
        else:
            return failures


def visit():
    results = Page.objects.search("bread from the oven", backend="hybrid")
    assert results.count() >= 10
    assert not results.degraded
    assert related_pages(results[0].specific)


def test_searches_and_publishes_recover(kept, articles, own_database):
    in_a_request(visit)
    own_database.restart()
    failed = eventually(visit)
    assert failed == (1 if kept == "persistent, unchecked" else failed)
    assert failed <= 3  # a pool hands out what it has before it notices
    own_database.restart()
    eventually(lambda: publish(articles[0].pk, "Sailing."))
    assert [page.title for page in Page.objects.search("sailing", backend="keyword")] == ["Bread 0"]
    assert_index_equals_one_built_from_scratch()


def test_an_edit_whose_transaction_a_restart_ends_leaves_no_trace(articles, own_database):
    with pytest.raises((OperationalError, InterfaceError)), transaction.atomic():
        publish(articles[0].pk, "Sailing.")
        own_database.restart()
        ArticlePage.objects.count()
    connection.close()
    assert ArticlePage.objects.get(pk=articles[0].pk).introduction == ""
    assert_index_equals_one_built_from_scratch()


@pytest.fixture
def end(own_database):
    """Return a function that takes PostgreSQL away from everybody, and brings it back."""

    def go(*, crash=False):
        if crash:
            own_database.crash()
        own_database.restart()
        connection.close()

    return go


PIPELINE = "wagtail_vector_search.indexing.pipeline"


@pytest.mark.parametrize(
    ("place", "crash"),
    [
        (f"{PIPELINE}.write_words:before", False),
        (f"{PIPELINE}.write_vectors:before", True),
        ("wagtail_vector_search.indexing.entry_states.finish:after", True),
    ],
)
def test_an_update_that_loses_the_database_says_so_and_the_next_one_goes_on(articles, processes, end, place, crash):
    ArticlePage.objects.filter(title__endswith="1").update(introduction="Sailing.")
    update = processes.command("update_vector_index", stop_at=place)
    update.wait_until_stopped()
    end(crash=crash)
    update.go_on()
    if update.wait():  # else it has connected again
        assert "What is done stays done. Run the same command again." in update.output
    assert "Traceback" not in update.output
    call_command("update_vector_index", quiet=True)
    assert_index_equals_one_built_from_scratch()


def test_a_first_build_that_loses_the_database_is_continued(own_database, processes, make_article, end):
    for number in range(10):
        make_article(f"Bread {number}", "Loaves.")
    update = processes.command("update_vector_index", stop_at=f"{PIPELINE}.write_vectors:before")
    update.wait_until_stopped()
    end(crash=True)
    update.go_on()
    update.wait()
    call_command("update_vector_index", quiet=True)
    assert get_status().problems == []
    assert_index_equals_one_built_from_scratch()


def test_a_worker_that_watches_goes_on_or_ends_and_loses_nothing(articles, own_database, processes, no_worker, end):
    worker = processes.command("process_vector_queue", "--watch")
    publish(articles[0].pk, "Sailing.")
    wait_until(is_done, "the worker has indexed the first edit")
    end(crash=True)
    let_time_pass()  # a crash may undo the last thing that the worker did
    publish(articles[1].pk, "Mountains.")
    if not worker.is_alive:
        process()
    wait_until(is_done, "the second edit is indexed")
    assert_index_equals_one_built_from_scratch()


def is_done():
    return not Entry.objects.filter(state="pending").exists()


def test_publishes_searches_and_restarts_at_once(articles, own_database, connect_default):
    """Editors try again when the database has gone away; whatever was committed is in the index in the end."""
    stop = threading.Event()
    problems = []

    def keep(function):
        while not stop.is_set():
            try:
                function()
            except (OperationalError, InterfaceError):
                connection.close()
            except Exception as problem:
                problems.append(problem)
                return
        connection.close()

    def edit():
        for article in articles[:3]:
            publish(article.pk, f"Edited {threading.get_ident()}.")

    threads = [threading.Thread(target=keep, args=(work,)) for work in (edit, visit, process)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        own_database.restart()
        wait_until(is_reachable, "PostgreSQL answers")
    stop.set()
    for thread in threads:
        thread.join(30)
    assert problems == []
    let_time_pass()
    process()
    assert_index_equals_one_built_from_scratch()


def is_reachable():
    try:
        return Page.objects.exists()
    except (OperationalError, InterfaceError):
        connection.close()
        return False
