"""Editors and workers at the same page at the same time: what was published last is indexed, whatever the order."""

import threading
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from tests.faults import editors
from tests.kept import kept
from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search.indexing.entry_states import claim
from wagtail_vector_search.models import Entry

from .snapshots import assert_index_equals_one_built_from_scratch, index_snapshot

EMBED = "wagtail_vector_search.providers.deterministic.DeterministicProvider._embed"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker")]


@pytest.fixture
@kept
def site(home, make_article, build_index):
    """A section with a page in it, and a private section."""
    section, private = make_article("Section"), make_article("Private section")
    page = make_article("Sailing", introduction="The boat.", parent=section)
    make_article("Next door", introduction="The harbour.", parent=section)
    editors.make_private(private.pk)
    build_index()
    return page, section, private


def edit(page, section, private):
    editors.publish(page.pk, "The bread.")


def edit_back(page, section, private):
    editors.publish(page.pk, "The boat.")


def unpublish(page, section, private):
    editors.unpublish(page.pk)


def make_private(page, section, private):
    editors.make_private(page.pk)


def make_its_section_private(page, section, private):
    editors.make_private(section.pk)


def move_into_a_private_section(page, section, private):
    editors.move(page.pk, private.pk)


def move_elsewhere(page, section, private):
    editors.move(page.pk, section.get_parent().pk)


def delete(page, section, private):
    editors.delete(page.pk)


def delete_its_section(page, section, private):
    editors.delete(section.pk)


ACTIONS = [
    edit, edit_back, unpublish, make_private, make_its_section_private, move_into_a_private_section, move_elsewhere,
    delete, delete_its_section,
]  # fmt: skip


def start(processes, command):
    worker = processes.command(command, "--quiet", stop_at=f"{EMBED}:before")
    worker.wait_until_stopped()
    return worker


@pytest.mark.parametrize("command", ["process_vector_queue", "update_vector_index"])
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
def test_what_editors_do_while_a_page_is_embedded_is_not_lost(processes, site, action, command):
    editors.publish(site[0].pk, "The sea.")
    worker = start(processes, command)
    action(*site)
    worker.go_on()
    worker.succeed()
    tally("edits while a page is embedded")
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


@pytest.mark.parametrize("slow", ["process_vector_queue", "update_vector_index"])
@pytest.mark.parametrize("fast", ["process_vector_queue", "update_vector_index"])
def test_of_two_workers_that_finish_in_reversed_order_the_one_with_the_newer_text_wins(processes, site, slow, fast):
    page = site[0]
    editors.publish(page.pk, "The older text.")
    late = start(processes, slow)
    editors.publish(page.pk, "The newer text.")
    processes.command(fast, "--quiet").succeed()
    before = index_snapshot()
    assert before.chunks[page.pk, 0][2] == "The newer text."
    late.go_on()
    late.succeed()
    tally("workers in reversed order")
    assert index_snapshot() == before
    assert_index_equals_one_built_from_scratch()


def test_any_number_of_workers_share_the_work(processes, make_article, build_index):
    pages = [make_article(f"Page {number}") for number in range(12)]
    build_index()
    for page in pages:
        editors.publish(page.pk, "The sea.")
    few = {"wagtail_vector_search.indexing.limits.BATCH_PAGES": 3}
    workers = [processes.command("process_vector_queue", patches=few, stop_at=f"{EMBED}:before") for _ in range(4)]
    for worker in workers:
        worker.wait_until_stopped()
    assert not Entry.objects.filter(page__in=pages, lease_expires_at=None).exists()
    for worker in workers:
        worker.go_on()
    assert all("3 indexed" in worker.succeed() for worker in workers)
    assert_index_equals_one_built_from_scratch()


def test_workers_who_claim_at_once_neither_wait_nor_share_a_page(make_article, build_index):
    pages = {make_article(f"Page {number}").pk for number in range(6)}
    build_index()
    for page_id in pages:
        editors.publish(page_id, "The sea.")
    with another_worker_claiming(4) as theirs, connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
        try:
            (ours,) = claim("default", limit=None).values()
        finally:
            cursor.execute("RESET lock_timeout")
    assert (len(theirs), len(ours)) == (4, 2)
    assert {*theirs, *ours} == pages
    tally("workers at once", 2)


@contextmanager
def another_worker_claiming(number):
    """Let another session claim pages, and not commit before the block ends."""
    claimed, end = threading.Event(), threading.Event()
    pages: list[int] = []

    def work():
        try:
            with transaction.atomic():
                pages.extend(*claim("default", limit=number).values())
                claimed.set()
                end.wait(60)
        finally:
            claimed.set()
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert claimed.wait(60)
        yield pages
    finally:
        end.set()
        worker.join()


def test_an_editor_who_is_cut_off_before_the_commit_leaves_no_trace(stop_before_commit, site):
    before = list(Entry.objects.order_by("pk").values())
    editor = stop_before_commit(site[0].pk, "Never to be seen.")
    editor.kill()
    tally("transactions rolled back")
    assert list(Entry.objects.order_by("pk").values()) == before
    assert "never to be seen" not in str(index_snapshot()).lower()


def test_an_editor_who_is_cut_off_after_the_commit_is_not_forgotten(processes, site):
    """The process dies between the commit and its task."""
    editor = processes.call(
        "tests.faults.editors.publish",
        site[0].pk,
        "The sea.",
        stop_at="wagtail_vector_search.indexing.tasks.FollowUp.__call__:before",
    )
    editor.wait_until_stopped()
    editor.kill()
    assert ArticlePage.objects.get(pk=site[0].pk).introduction == "The sea."
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()
