"""The ledger of document frequencies while a generation is built: left out, until it is counted once."""

import threading
import time

import pytest
from django.db import connection

from tests.testapp.models import ArticlePage
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.generations.writable import WritableGeneration
from wagtail_vector_search.indexing import entry_states, keyword_rows, update
from wagtail_vector_search.indexing.statistics import refresh_term_frequencies
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import TermFrequency

from .contents import counted_frequencies, document_frequencies, generation

pytestmark = pytest.mark.django_db(transaction=True)

WAITS_FOR_LOCK = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def site(make_article, no_worker):
    """Five articles and the home page, which an update takes two by two."""
    return [make_article(f"Page {number}", introduction=f"The boat number {number}.") for number in range(5)]


def before(monkeypatch, module, name, action):
    """Do something before each call of a function."""
    function = getattr(module, name)

    def acting(*arguments, **options):
        action()
        return function(*arguments, **options)

    monkeypatch.setattr(module, name, acting)


def publish(page, text):
    page = ArticlePage.objects.get(pk=page.pk)
    page.introduction = text
    page.save_revision().publish()
    process()


@pytest.mark.usefixtures("site", "small_batches")
def test_a_first_build_counts_all_pages_once_rather_than_each_as_it_comes(build_index):
    entries = []
    build_index(progress=lambda _: entries.append(TermFrequency.objects.count()))
    assert entries == [0, 0, 0]
    assert document_frequencies() == counted_frequencies()


def test_what_is_published_before_the_count_is_counted(site, build_index, monkeypatch):
    before(monkeypatch, update, "refresh_term_frequencies", lambda: publish(site[0], "The bread."))
    build_index()
    assert document_frequencies() == counted_frequencies()
    assert document_frequencies()["bread"] == 1


def test_what_is_published_between_the_count_and_the_activation_is_entered(site, build_index, monkeypatch):
    before(monkeypatch, update, "activate", lambda: publish(site[0], "The bread."))
    build_index()
    assert document_frequencies() == counted_frequencies()
    assert document_frequencies()["bread"] == 1


def test_a_site_without_pages_counts_as_counted(home, make_article, build_index, no_worker, monkeypatch):
    home.live = False
    home.save()
    before(monkeypatch, update, "activate", lambda: (make_article("Sailing"), process()))
    monkeypatch.setattr(update, "is_complete", lambda *_, **__: True)
    build_index()
    assert document_frequencies() == counted_frequencies() != {}


def test_the_count_waits_for_pages_that_are_being_written(site, build_index, monkeypatch):
    counting: list[threading.Thread] = []

    def count():
        writable = WritableGeneration(generation("building"), get_index_settings(), "default")
        try:
            refresh_term_frequencies(writable)
        finally:
            connection.close()

    def start_counting():
        if not counting:
            counting.append(threading.Thread(target=count))
            counting[0].start()
            wait_until_it_waits_or_ends(counting[0])

    before(monkeypatch, keyword_rows, "replace_terms", start_counting)
    build_index(page_ids=[page.pk for page in site])
    counting[0].join()
    assert document_frequencies() == counted_frequencies() != {}


def wait_until_it_waits_or_ends(thread):
    until = time.monotonic() + 20
    while thread.is_alive() and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction the view never changes
            cursor.execute(WAITS_FOR_LOCK)
            if cursor.fetchone()[0]:
                return


@pytest.mark.usefixtures("site")
def test_only_a_generation_that_does_not_serve_yet_is_written_before_it_is_on_disk(site, build_index, monkeypatch):
    settings = []

    def run(statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone() if cursor.description else None

    def note():
        settings.extend(run("SHOW synchronous_commit"))

    before(monkeypatch, entry_states, "finish", note)
    before(monkeypatch, keyword_rows, "replace_terms", note)
    before(monkeypatch, update, "activate", note)
    run("SET synchronous_commit = 'on'")  # the embedded server has it off
    try:
        build_index()
        assert settings == ["off", "off", "on"]
        settings.clear()
        publish(site[0], "The bread.")
        assert settings == ["on", "on"]
    finally:
        run("RESET synchronous_commit")
