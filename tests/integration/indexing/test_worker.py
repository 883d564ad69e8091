"""Workers, and what happens to pages while they are at work."""

import contextlib
import threading
import time

import pytest
from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import ArticlePage
from wagtail_vector_search.indexing import embedding_rows, entry_states
from wagtail_vector_search.indexing.entry_states import finish
from wagtail_vector_search.indexing.worker import catch_up, process
from wagtail_vector_search.models import Entry

from .contents import (
    chunks_of,
    counted_frequencies,
    document_frequencies,
    is_stored,
    state_of,
    stored_from_scratch,
    stored_index,
    terms_of,
    texts_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hooked(use_provider, no_worker):
    """A provider that lets something happen during its call; tests call the worker by hand."""
    return use_provider("HookedProvider")


def edit(page, text):
    page = ArticlePage.objects.get(pk=page.pk)
    page.introduction = text
    page.save_revision().publish()


def in_another_connection(function):
    """Do something as another process would."""
    failures = []

    def call():
        try:
            function()
        except Exception as exc:
            failures.append(exc)
        finally:
            connection.close()

    thread = threading.Thread(target=call)
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert failures == []


def test_an_edit_while_its_page_is_embedded_is_not_lost(make_article, build_index, hooked):
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    edit(page, "The bread.")
    hooked.hook = lambda: edit(page, "The sea.")
    process([page.pk])
    process([page.pk])
    assert texts_of(page) == ["The sea."]
    assert "sea" in terms_of(page)
    assert document_frequencies() == counted_frequencies()


def test_the_older_text_is_not_written_over_the_newer_when_workers_finish_in_reversed_order(
    make_article, build_index, hooked
):
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    edit(page, "The older text.")

    def edited_and_finished_by_another_worker():
        edit(page, "The newer text.")
        process([page.pk])

    hooked.hook = lambda: in_another_connection(edited_and_finished_by_another_worker)
    process([page.pk])
    assert texts_of(page) == ["The newer text."]
    assert (state_of(page).state, terms_of(page)) == ("indexed", {"=sailing", "sail", "the", "newer", "text"})


def test_a_page_unpublished_while_it_is_embedded_stays_out(make_article, build_index, hooked):
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    edit(page, "The bread.")
    hooked.hook = lambda: ArticlePage.objects.get(pk=page.pk).unpublish()
    process([page.pk])
    assert not is_stored(page)
    assert state_of(page).state == "skipped"


def test_a_page_deleted_while_it_is_embedded_leaves_nothing(make_article, build_index, hooked):
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    edit(page, "The bread.")
    hooked.hook = lambda: ArticlePage.objects.get(pk=page.pk).delete()
    process([page.pk])
    assert not is_stored(page)
    assert document_frequencies() == counted_frequencies()


def test_a_page_made_private_while_it_is_embedded_stays_out(make_article, build_index, hooked):
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    edit(page, "The bread.")
    hooked.hook = lambda: PageViewRestriction.objects.create(
        page=Page.objects.get(pk=page.pk), restriction_type="login"
    )
    process([page.pk])
    assert not is_stored(page)


def test_a_page_moved_while_it_is_embedded_is_indexed(make_article, build_index, hooked, home):
    page, other = make_article("Sailing", introduction="The boat."), make_article("Water")
    build_index()
    edit(page, "The bread.")
    hooked.hook = lambda: Page.objects.get(pk=page.pk).move(Page.objects.get(pk=other.pk), pos="last-child")
    process([page.pk])
    process([page.pk])
    assert texts_of(page) == ["The bread."]


def test_one_page_edited_in_flight_does_not_hold_up_the_others(make_article, build_index, hooked):
    pages = [make_article(f"Page {number}") for number in range(3)]
    build_index()
    for page in pages:
        edit(page, "The bread.")
    hooked.hook = lambda: edit(pages[1], "The sea.")
    report = process([page.pk for page in pages])
    assert texts_of(pages[0]) == texts_of(pages[2]) == ["The bread."]
    assert texts_of(pages[1]) == ["The sea."]
    assert report.indexed == 3


def test_a_worker_leaves_a_page_alone_that_an_editor_is_saving(make_article, build_index, hooked):
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    edit(page, "The bread.")
    with transaction.atomic():
        edit(page, "The sea.")
        in_another_connection(lambda: process([page.pk]))
        assert texts_of(page) == ["The boat."]
    process([page.pk])
    assert texts_of(page) == ["The sea."]


def test_a_worker_does_not_wait_for_an_editor_who_saves_meanwhile(make_article, build_index, hooked):
    page, other = make_article("Sailing", introduction="The boat."), make_article("Bread", introduction="Flour.")
    build_index()
    edit(page, "The sea.")
    edit(other, "The oven.")
    saved, may_commit = threading.Event(), threading.Event()

    def save_and_stay():
        with contextlib.closing(connection), transaction.atomic():
            edit(page, "The wind.")
            saved.set()
            may_commit.wait(10)

    editor = threading.Thread(target=save_and_stay)

    def begin():
        editor.start()
        saved.wait(10)

    hooked.hook = begin
    process([page.pk, other.pk])
    assert editor.is_alive()
    assert texts_of(other) == ["The oven."]
    may_commit.set()
    editor.join(10)
    process([page.pk])
    assert texts_of(page) == ["The wind."]


def test_a_page_whose_tree_place_changes_in_an_open_transaction_does_not_stop_a_worker(
    make_article, build_index, hooked
):
    page, other = make_article("Sailing", introduction="The boat."), make_article("Bread", introduction="Flour.")
    build_index()
    edit(page, "The sea.")
    edit(other, "The oven.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM wagtailcore_page WHERE id = %s FOR UPDATE", [page.pk])
        in_another_connection(lambda: process([page.pk, other.pk]))
        assert texts_of(other) == ["The oven."]
        assert texts_of(page) == ["The boat."]


def test_the_provider_is_asked_outside_of_any_transaction(make_article, build_index, hooked, monkeypatch):
    inside = []

    def dimensions(provider):
        inside.append(connection.in_atomic_block)
        return 256

    page = make_article("Sailing", introduction="The boat.")
    with monkeypatch.context() as patched:
        patched.setattr(type(hooked), "dimensions", property(dimensions))
        build_index()
    edit(page, "The sea.")
    hooked.hook = lambda: inside.append(connection.in_atomic_block)
    process([page.pk])
    assert len(inside) >= 2
    assert not any(inside)


def test_everything_that_is_due_is_done_without_naming_pages(make_article, build_index, no_worker):
    build_index()
    pages = [make_article(f"Page {number}", introduction="The sea.") for number in range(3)]
    assert process().indexed == 3
    assert all(is_stored(page) for page in pages)
    assert process().indexed == 0


def test_one_page_that_cannot_be_read_fails_alone(make_article, build_index, no_worker, monkeypatch):
    good, bad = make_article("Good"), make_article("Bad", introduction="sk-abcdefghijklmnop")
    build_index()
    edit(good, "The sea.")
    edit(bad, "The sea.")
    monkeypatch.setattr(ArticlePage, "get_computed_text", refuse_bad)
    report = process([good.pk, bad.pk])
    assert (report.indexed, report.failed) == (1, 1)
    assert texts_of(good) == ["The sea."]
    state = state_of(bad)
    assert (state.state, state.attempts) == ("failed", 1)
    assert state.next_attempt_at > timezone.now()
    assert "ValueError" in state.last_error
    assert "sk-abc" not in state.last_error


def test_a_page_without_a_row_of_its_type_fails_and_does_not_keep_the_worker_busy(make_article, build_index, no_worker):
    page = make_article("Sailing")
    build_index()
    edit(page, "The sea.")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM testapp_articlepage WHERE page_ptr_id = %s", [page.pk])
    assert process().failed == 1
    assert "no row" in state_of(page).last_error


def test_a_text_that_the_provider_cannot_embed_fails_alone_and_is_found_by_its_words(
    make_article, build_index, use_provider, no_worker
):
    use_provider("PickyProvider")
    pages = [make_article(f"Page {number}", introduction="The sea.") for number in range(4)]
    poison = make_article("Bad", introduction="Full of poison and nothing else.")
    report = build_index()
    assert (report.indexed, report.failed) == (5, 1)
    assert all(texts_of(page) for page in pages)
    assert "poison" in terms_of(poison)
    assert state_of(poison).state == "failed"
    assert "nothing else" not in state_of(poison).last_error


def test_a_provider_that_is_down_leaves_pages_pending_and_found_by_their_words(
    make_article, build_index, use_provider, no_worker, monkeypatch
):
    down = type(use_provider("DownProvider"))
    monkeypatch.setattr(down, "down", False)
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    monkeypatch.setattr(down, "down", True)
    edit(page, "The bread.")
    report = process()
    assert (report.waiting, report.failed) == (1, 0)
    assert "bread" in terms_of(page)
    state = state_of(page)
    assert (state.state, "No answer" in state.last_error) == ("pending", True)
    assert (state.next_attempt_at - timezone.now()).total_seconds() > 100
    monkeypatch.setattr(down, "down", False)
    Entry.objects.update(next_attempt_at=timezone.now())
    assert process().indexed == 1
    assert texts_of(page) == ["The bread."]


def test_text_changed_back_while_the_provider_was_down_is_written_again(
    make_article, build_index, use_provider, no_worker, monkeypatch
):
    down = type(use_provider("DownProvider"))
    monkeypatch.setattr(down, "down", False)
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    monkeypatch.setattr(down, "down", True)
    edit(page, "The bread.")
    process()
    edit(page, "The boat.")
    process()
    assert terms_of(page) == {"=sailing", "sail", "the", "boat"}
    assert state_of(page).state == "indexed"


def test_a_provider_that_talks_nonsense_charges_no_page(make_article, build_index, use_provider, no_worker):
    use_provider("NonsenseProvider")
    pages = [make_article(f"Page {number}", introduction="The sea.") for number in range(3)]
    report = build_index()
    assert report.failed == 0
    assert report.outage is not None
    assert {state_of(page).state for page in pages} == {"pending"}


def test_vectors_of_another_width_than_the_index_keeps_are_refused_whole(
    make_article, build_index, use_provider, no_worker, monkeypatch
):
    provider = use_provider("WideProvider")
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    edit(page, "The bread.")
    monkeypatch.setattr(type(provider), "wide", True)
    monkeypatch.setattr(provider, "_dimensions", 200)
    report = process()
    assert "200 dimensions" in str(report.outage)
    assert texts_of(page) == ["The boat."]
    assert state_of(page).state == "pending"


def test_an_unexpected_error_is_charged_to_the_page_that_causes_it(make_article, build_index, no_worker, monkeypatch):
    good, bad = make_article("Good"), make_article("Bad")
    build_index()
    edit(good, "The sea.")
    edit(bad, "The bread.")
    write = embedding_rows.new_rows

    def refuse(generation_id, plan, vectors):
        if plan.page.page_id == bad.pk:
            raise ArithmeticError("no such number")
        return write(generation_id, plan, vectors)

    monkeypatch.setattr(embedding_rows, "new_rows", refuse)
    report = process()
    assert (report.indexed, report.failed) == (1, 1)
    assert texts_of(good) == ["The sea."]
    assert "ArithmeticError" in state_of(bad).last_error


def test_many_pages_edited_at_once_from_many_connections_all_arrive(make_article, build_index, monkeypatch):
    pages = [make_article(f"Page {number}") for number in range(12)]
    build_index()

    def edit_all(mine):
        for page in mine:
            edit(page, f"Edited {page.pk}.")
        close_old_connections()
        connection.close()

    threads = [threading.Thread(target=edit_all, args=(pages[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    process()
    assert [texts_of(page) for page in pages] == [[f"Edited {page.pk}."] for page in pages]
    assert stored_index() == stored_from_scratch(monkeypatch, build_index)


def refuse_bad(page):
    if page.title == "Bad":
        raise ValueError("api_key=sk-abcdefghijklmnop")
    return ""


def test_rows_of_a_page_are_swapped_all_at_once(make_article, build_index, hooked):
    page = make_article("Sailing", *["The boat is long. " * 40] * 3)
    build_index()
    before = texts_of(page)
    seen = []
    hooked.hook = lambda: seen.append(texts_of(page))
    article = ArticlePage.objects.get(pk=page.pk)
    article.body = [("paragraph", "<p>Short now.</p>")]
    article.save_revision().publish()
    process()
    assert seen == [before]
    assert len(chunks_of(page)) == 1


def unpublish(page):
    ArticlePage.objects.get(pk=page.pk).unpublish()


def delete(page):
    ArticlePage.objects.get(pk=page.pk).delete()


def restrict(page):
    PageViewRestriction.objects.create(page=Page.objects.get(pk=page.pk), restriction_type="login")


@pytest.mark.parametrize("take_out", [unpublish, delete, restrict])
def test_a_page_taken_out_while_its_rows_are_being_committed_leaves_nothing(
    make_article, build_index, no_worker, monkeypatch, take_out
):
    page = make_article("Sailing", introduction="The boat.")
    build_index()
    edit(page, "The sea.")
    failures = []

    def call():
        try:
            take_out(page)
        except Exception as exc:
            failures.append(exc)
        finally:
            connection.close()

    editor = threading.Thread(target=call)

    def while_an_editor_waits(writable, pages):
        finish(writable, pages)
        editor.start()
        if take_out is restrict:
            editor.join(20)  # who closes a section waits for no worker
        else:
            wait_until_a_lock_is_waited_for()

    monkeypatch.setattr(entry_states, "finish", while_an_editor_waits)
    process([page.pk])
    editor.join(20)
    assert failures == []
    catch_up("default")
    process()
    assert not is_stored(page)
    assert document_frequencies() == counted_frequencies()


def wait_until_a_lock_is_waited_for():
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("No lock is waited for.")
