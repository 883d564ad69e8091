"""Batches on their way: terms are counted while the next pages are read, and a stopped run keeps no lease."""

import threading

import pytest
from django.db import OperationalError, connection, connections

from wagtail_vector_search.indexing import terms
from wagtail_vector_search.indexing.terms import count_terms
from wagtail_vector_search.models import Entry

from .contents import counted_frequencies, document_frequencies, is_stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_batches")]


@pytest.fixture
def site(make_article, no_worker):
    """Five articles and the home page, in three batches."""
    return [make_article(f"Page {number}", introduction=f"The boat number {number}.") for number in range(5)]


@pytest.fixture
def counted(monkeypatch):
    """Server processes that have counted terms of a batch."""
    processes = []

    def count(pages, using):
        processes.append(server_process(connections[using]))
        return count_terms(pages, using)

    monkeypatch.setattr(terms, "count_terms", count)
    return processes


def server_process(database):
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def is_connected(process):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [process])
        return bool(cursor.fetchone()[0])


def test_terms_are_counted_on_a_second_connection_which_is_closed_afterwards(site, build_index, counted):
    build_index()
    assert len(counted) == 3
    (process,) = set(counted)
    assert process != server_process(connection)
    assert not is_connected(process)


def test_terms_are_counted_on_the_first_connection_where_a_second_is_refused(site, build_index, counted, monkeypatch):
    count = terms.count_terms  # as `counted` has it
    refused = []

    def refuse(pages, using):
        if threading.current_thread() is not threading.main_thread():
            refused.append(pages)
            raise OperationalError("sorry, too many clients already")
        return count(pages, using)

    monkeypatch.setattr(terms, "count_terms", refuse)
    assert build_index().indexed == 6
    assert set(counted) == {server_process(connection)}
    assert len(refused) == 2, "the refused connection was asked for again"
    assert all(is_stored(page) for page in site)
    assert document_frequencies() == counted_frequencies()


def test_a_run_that_is_stopped_releases_every_batch_that_is_on_its_way(site, build_index):
    def stop(pages):
        assert Entry.objects.filter(lease_expires_at__isnull=False).count() == 4
        raise SystemExit

    with pytest.raises(SystemExit):
        build_index(progress=stop)
    assert not Entry.objects.filter(lease_expires_at__isnull=False).exists()
    build_index()
    assert all(is_stored(page) for page in site)
