"""The life of an entry: one test or more for each arrow of the state table, and what guards the arrow."""

import datetime
import threading
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import ArticlePage
from wagtail_vector_search.database.execute import SQL
from wagtail_vector_search.generations.writable import get_writable_generations
from wagtail_vector_search.indexing import entry_states
from wagtail_vector_search.indexing.entry_states import (
    LEASE_SECONDS,
    PAGE_FAULTS,
    PROVIDER_FAULTS,
    Stored,
    claim,
    workers,
)
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import Entry, EntryRequest
from wagtail_vector_search.models.entries import SkipReason

from .contents import counted_frequencies, document_frequencies, is_stored, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]

INDEX = ["default"]


@pytest.fixture
def page(make_article, build_index):
    """An indexed page."""
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    build_index()
    return page


@pytest.fixture
def writable(page):
    (writable,) = get_writable_generations("default")
    return writable


@pytest.fixture
def claims(page, writable):
    """The page, requested by an editor and claimed by a worker."""
    entry_states.request([page.pk], INDEX, "default")
    return claim("default", limit=None)[writable.generation_id]


def put(page, **fields):
    Entry.objects.filter(page=page.pk).update(**fields)


def edit(page, text):
    page = ArticlePage.objects.get(pk=page.pk)
    page.introduction = text
    page.save_revision().publish()


def let_time_pass():
    Entry.objects.update(next_attempt_at=timezone.now())


def wait_of(page):
    """Seconds until the page is tried again."""
    return (state_of(page).next_attempt_at - timezone.now()).total_seconds()


class TestRequest:
    def test_a_page_without_an_entry_becomes_pending(self, make_article, page):
        new = make_article("Rowing", live=False)
        assert entry_states.request([new.pk], INDEX, "default") == [new.pk]
        entry = state_of(new)
        assert (entry.state, entry.requested_version, entry.done_version) == ("pending", 1, 0)

    def test_a_failed_page_begins_again(self, page):
        put(page, state="failed", attempts=8, last_error="ValueError", next_attempt_at="2100-01-01T00:00Z")
        version = state_of(page).requested_version
        entry_states.request([page.pk], INDEX, "default")
        entry = state_of(page)
        assert (entry.state, entry.attempts, entry.last_error) == ("pending", 0, "")
        assert entry.requested_version == version + 1
        assert page.pk in claim("default", limit=None)[entry.generation_id]

    def test_a_worker_loses_its_claim(self, page, writable, claims):
        entry_states.request([page.pk], INDEX, "default")
        with transaction.atomic():
            assert entry_states.hold(writable, claims) == set()
        assert state_of(page).lease_expires_at is None

    def test_the_root_of_the_tree_and_other_indexes_are_not_requested(self, page):
        root = Page.objects.get(depth=1)
        assert entry_states.request([root.pk], INDEX, "default") == []
        assert entry_states.request([page.pk], ["other"], "default") == []


class TestRequestLater:
    def note(self, *pages):
        showing = SQL("SELECT unnest(%(noted)s::int[])", {"noted": [page.pk for page in pages]})
        entry_states.request_later(showing, INDEX, "default")

    def test_nothing_changes_until_a_worker_works_on_the_queue(self, page):
        self.note(page)
        assert state_of(page).state == "indexed"
        assert entry_states.take_requests("default", limit=10) == ([page.pk], False)
        assert (state_of(page).state, state_of(page).requested_version) == ("pending", 2)
        assert not EntryRequest.objects.exists()

    def test_drafts_are_not_noted(self, make_article, page):
        self.note(make_article("Rowing", live=False))
        assert not EntryRequest.objects.exists()

    def test_a_page_that_is_left_out_stays_so(self, page):
        put(page, state="skipped", skip_reason="private")
        self.note(page)
        assert entry_states.take_requests("default", limit=10) == ([], False)
        assert not EntryRequest.objects.exists()
        assert state_of(page).state == "skipped"

    def test_no_more_notes_are_taken_than_allowed(self, page, make_article):
        self.note(page)
        self.note(page)
        assert entry_states.take_requests("default", limit=1) == ([page.pk], True)
        assert entry_states.take_requests("default", limit=2) == ([page.pk], False)


class TestRequestListed:
    def test_an_entry_that_has_changed_since_the_comparison_stays(self, page, writable):
        assert entry_states.request_listed(writable, {page.pk: 7}) == []
        assert entry_states.request_listed(writable, {page.pk: 1}) == [page.pk]
        assert state_of(page).state == "pending"


class TestRequestUnlisted:
    def test_a_page_without_an_entry_gets_one(self, page, writable):
        Entry.objects.filter(page=page.pk).delete()
        assert entry_states.request_unlisted(writable, [page.pk]) == [page.pk]
        assert entry_states.request_unlisted(writable, [page.pk]) == []


class TestWithdraw:
    @pytest.fixture
    def draft(self, page):
        """The page, as the statement that unpublishes it leaves it."""
        Page.objects.filter(pk=page.pk).update(live=False)
        return page

    def test_the_rows_are_deleted_and_the_reason_is_noted(self, draft):
        entry_states.withdraw(draft.pk, INDEX, "default")
        entry = state_of(draft)
        assert (entry.state, entry.skip_reason, entry.content_hash) == ("skipped", "not_live", "")
        assert entry.done_version == entry.requested_version == 2
        assert not is_stored(draft)
        assert document_frequencies() == counted_frequencies()

    def test_a_page_that_is_live_by_its_row_stays(self, page):
        entry_states.withdraw(page.pk, INDEX, "default")
        assert is_stored(page)

    def test_a_worker_loses_its_claim(self, draft, writable, claims):
        entry_states.withdraw(draft.pk, INDEX, "default")
        assert entry_states.finish_unchanged(writable, claims, [Stored(draft.pk, "hash", 1)]) == set()
        assert state_of(draft).state == "skipped"

    def test_all_pages_below_a_page_that_is_deleted_go_too(self, page, make_article, build_index):
        child = make_article("Sheets", parent=page)
        build_index()
        with transaction.atomic():
            entry_states.withdraw_deleted(page.pk, INDEX, "default", subtree=True)
        assert not is_stored(child)

    def test_a_page_can_be_unpublished_after_its_vector_table_was_uninstalled(self, draft, writable, caplog):
        writable.generation.configuration = {**writable.generation.configuration, "vector_table": "gone.Embedding"}
        writable.generation.save()
        entry_states.withdraw(draft.pk, INDEX, "default")
        assert state_of(draft).state == "skipped"
        assert "gone.Embedding" in caplog.text


class TestClaim:
    def test_a_claimed_page_is_leased_and_keeps_its_state(self, page, claims):
        entry = state_of(page)
        assert claims == {page.pk: entry.requested_version}
        assert entry.state == "pending"
        lease = (entry.lease_expires_at - timezone.now()).total_seconds()
        assert LEASE_SECONDS - 60 < lease <= LEASE_SECONDS

    def test_two_workers_do_not_take_the_same_page(self, page):
        edit(page, "The sea.")
        assert claim("default", page_ids=[page.pk], limit=None)
        assert claim("default", page_ids=[page.pk], limit=None) == {}

    def test_the_pages_of_a_killed_worker_come_back(self, page):
        edit(page, "The sea.")
        claim("default", limit=None)
        assert process().indexed == 0
        Entry.objects.update(lease_expires_at=timezone.now() - datetime.timedelta(seconds=1))
        assert process().indexed == 1
        assert LEASE_SECONDS > 60

    def test_a_page_that_waits_is_not_due(self, page):
        edit(page, "The sea.")
        put(page, next_attempt_at=timezone.now() + datetime.timedelta(seconds=30))
        assert (entry_states.count_due("default"), claim("default", limit=None)) == (0, {})
        let_time_pass()
        assert entry_states.count_due("default") == 1

    @pytest.mark.parametrize(("attempts", "due"), [(PAGE_FAULTS.attempts - 1, 1), (PAGE_FAULTS.attempts, 0)])
    def test_a_page_that_failed_as_often_as_it_may_is_not_due(self, page, attempts, due):
        put(page, state="failed", attempts=attempts)
        assert len(claim("default", limit=None)) == due

    def test_a_page_postponed_often_is_due(self, page):
        put(page, state="pending", attempts=1000)
        assert claim("default", limit=None)

    def test_those_that_have_waited_longest_come_first(self, page, make_article):
        others = [make_article(f"Page {number}") for number in range(3)]
        put(others[1], next_attempt_at=timezone.now() - datetime.timedelta(hours=1))
        (claims,) = claim("default", limit=1).values()
        assert list(claims) == [others[1].pk]


class TestClaimSurveyed:
    def claim(self, writable, page, version, *, take_over=False, live=True, private=False):
        surveyed = [entry_states.Surveyed(page.pk, version, live, private)]
        return entry_states.claim_surveyed(writable, surveyed, take_over=take_over)

    def test_an_indexed_page_is_leased_under_a_new_version(self, page, writable):
        assert self.claim(writable, page, 1) == {page.pk: 2}
        entry = state_of(page)
        assert (entry.state, entry.requested_version, entry.lease_expires_at is None) == ("pending", 2, False)

    def test_a_page_without_an_entry_gets_one(self, page, writable):
        Entry.objects.filter(page=page.pk).delete()
        assert self.claim(writable, page, 0) == {page.pk: 1}

    def test_a_page_edited_since_it_was_surveyed_is_not_taken(self, page, writable):
        entry_states.request([page.pk], INDEX, "default")
        assert self.claim(writable, page, 1, take_over=True) == {}

    def test_a_page_that_a_worker_has_is_only_taken_over(self, page, writable, claims):
        assert self.claim(writable, page, claims[page.pk]) == {}
        assert self.claim(writable, page, claims[page.pk], take_over=True) == {page.pk: claims[page.pk] + 1}
        with transaction.atomic():
            assert entry_states.hold(writable, claims) == set()

    def test_a_failed_page_stays_failed_and_keeps_its_attempts(self, page, writable):
        put(page, state="failed", attempts=3)
        self.claim(writable, page, 1)
        assert (state_of(page).state, state_of(page).attempts) == ("failed", 3)

    def test_a_page_that_is_closed_or_unpublished_after_the_survey_is_not_taken(self, page, writable):
        assert self.claim(writable, page, 1, private=True) == {}
        assert self.claim(writable, page, 1, live=False) == {}
        PageViewRestriction.objects.bulk_create([PageViewRestriction(page=page, restriction_type="login")])
        assert self.claim(writable, page, 1) == {}


class TestOutcomesOfAClaim:
    def test_an_invalidated_page_has_no_hash(self, page, writable, claims):
        assert state_of(page).content_hash
        with transaction.atomic():
            entry_states.hold(writable, claims)
            entry_states.invalidate(writable, [page.pk])
        assert (state_of(page).content_hash, state_of(page).state) == ("", "pending")

    def test_a_finished_page_is_indexed(self, page, writable, claims):
        put(page, attempts=3, last_error="ValueError")
        assert entry_states.finish_unchanged(writable, claims, [Stored(page.pk, "hash", 7)]) == {page.pk}
        entry = state_of(page)
        assert (entry.state, entry.content_hash, entry.chunk_count) == ("indexed", "hash", 7)
        assert (entry.attempts, entry.last_error, entry.lease_expires_at) == (0, "", None)
        assert entry.done_version == entry.requested_version

    def test_a_skipped_page_loses_its_rows(self, page, writable, claims):
        assert entry_states.skip(writable, claims, {page.pk: SkipReason.EMPTY}) == {page.pk}
        entry = state_of(page)
        assert (entry.state, entry.skip_reason, entry.lease_expires_at) == ("skipped", "empty", None)
        assert not is_stored(page)
        assert document_frequencies() == counted_frequencies()

    def test_a_failed_page_waits_and_keeps_its_error(self, page, writable, claims):
        assert entry_states.fail(writable, claims, {page.pk: "ValueError"}) == {page.pk}
        entry = state_of(page)
        assert (entry.state, entry.attempts, entry.last_error) == ("failed", 1, "ValueError")
        assert entry.lease_expires_at is None
        assert 10 < wait_of(page) <= 30

    def test_a_postponed_page_stays_pending(self, page, writable, claims):
        assert entry_states.postpone(writable, claims, "No answer.", asked=200) == {page.pk}
        entry = state_of(page)
        assert (entry.state, entry.attempts, entry.last_error) == ("pending", 1, "No answer.")
        assert entry.lease_expires_at is None
        assert 195 < wait_of(page) <= 300

    def test_a_released_page_can_be_claimed_at_once(self, page, writable, claims):
        entry_states.release(writable, claims)
        assert state_of(page).lease_expires_at is None
        assert claim("default", limit=None) == {writable.generation_id: claims}

    @pytest.mark.parametrize(
        "outcome",
        [
            lambda writable, claims, page: entry_states.finish_unchanged(writable, claims, [Stored(page.pk, "", 0)]),
            lambda writable, claims, page: entry_states.skip(writable, claims, {page.pk: SkipReason.EMPTY}),
            lambda writable, claims, page: entry_states.fail(writable, claims, {page.pk: "ValueError"}),
            lambda writable, claims, _page: entry_states.postpone(writable, claims, "No answer."),
            lambda writable, claims, _page: entry_states.release(writable, claims),
        ],
        ids=["finish", "skip", "fail", "postpone", "release"],
    )
    def test_a_worker_that_has_lost_its_claim_changes_nothing(self, page, writable, claims, outcome):
        entry_states.request([page.pk], INDEX, "default")
        claim("default", limit=None)
        before = Entry.objects.filter(page=page.pk).values().get()
        assert not outcome(writable, claims, page)
        assert Entry.objects.filter(page=page.pk).values().get() == before
        assert is_stored(page)


class TestWaits:
    def test_a_page_that_fails_by_itself_after_an_outage_waits_like_one_that_has_never_failed(
        self, page, writable, claims
    ):
        for _ in range(10):
            entry_states.postpone(writable, claims, "No answer.")
        assert state_of(page).attempts == 10
        entry_states.fail(writable, claims, {page.pk: "ValueError"})
        assert state_of(page).attempts == 1
        assert wait_of(page) <= 30

    def test_an_outage_after_failures_of_the_page_is_waited_for_from_the_beginning(self, page, writable, claims):
        for _ in range(6):
            entry_states.fail(writable, claims, {page.pk: "ValueError"})
        entry_states.postpone(writable, claims, "No answer.")
        assert (state_of(page).attempts, state_of(page).state) == (1, "pending")
        assert wait_of(page) <= 30

    @pytest.mark.parametrize("asked", [86_400, 1e9, float("inf")])
    def test_a_provider_cannot_ask_for_more_than_the_longest_wait(self, page, writable, claims, asked):
        entry_states.postpone(writable, claims, "No answer.", asked=asked)
        assert wait_of(page) <= PROVIDER_FAULTS.longest

    def test_waits_grow(self, page, monkeypatch):
        edit(page, "The sea.")
        monkeypatch.setattr(ArticlePage, "get_computed_text", refuse)
        waits = []
        for _ in range(6):
            process()
            waits.append(wait_of(page))
            let_time_pass()
        assert waits[-1] > 8 * waits[0]

    def test_a_page_that_keeps_failing_is_given_up_until_it_is_edited(self, page, monkeypatch):
        edit(page, "The sea.")
        with monkeypatch.context() as patched:
            patched.setattr(ArticlePage, "get_computed_text", refuse)
            for _ in range(PAGE_FAULTS.attempts):
                assert process().failed == 1
                let_time_pass()
            assert process().failed == 0
        edit(page, "The bread.")
        assert process().indexed == 1
        assert (state_of(page).attempts, state_of(page).last_error) == (0, "")


def refuse(page):
    raise ValueError("This page cannot be read.")


class TestForget:
    def test_some_entries_go_with_their_rows(self, page, writable, make_article, build_index):
        build_index()
        entries = Entry.objects.count()
        pages, chunks = entry_states.forget(writable.generation_id, writable.embedding_table, "default", limit=1)
        assert (pages, Entry.objects.count()) == (1, entries - 1)
        pages, chunks = entry_states.forget(writable.generation_id, writable.embedding_table, "default", limit=100)
        assert chunks
        assert not is_stored(page)
        assert Entry.objects.count() == 0

    def test_entries_of_pages_that_exist_are_no_orphans(self, page, writable):
        entries = Entry.objects.count()
        entry_states.forget_orphans(writable)
        assert Entry.objects.count() == entries
        assert is_stored(page)


@pytest.mark.django_db(transaction=True)
class TestLocks:
    """What a worker does about entries that an editor's transaction has locked."""

    @contextmanager
    def locked(self, page):
        """Lock the page and its entry in another connection, as an editor does who has not committed yet."""
        ready, done = threading.Event(), threading.Event()

        def lock():
            try:
                with transaction.atomic():
                    entry_states.withdraw_deleted(page.pk, INDEX, "default", subtree=False)
                    ready.set()
                    done.wait(20)
                    transaction.set_rollback(True)
            finally:
                connection.close()

        editor = threading.Thread(target=lock)
        editor.start()
        assert ready.wait(20)
        try:
            yield done
        finally:
            done.set()
            editor.join(20)

    def test_a_claim_skips_them(self, page):
        entry_states.request([page.pk], INDEX, "default")
        with self.locked(page):
            assert claim("default", limit=None) == {}

    def test_an_outcome_skips_them(self, page, writable, claims):
        with self.locked(page):
            assert entry_states.fail(writable, claims, {page.pk: "ValueError"}) == set()
        assert state_of(page).state == "pending"

    def test_a_claim_of_surveyed_pages_skips_them(self, page, writable):
        with self.locked(page):
            surveyed = [entry_states.Surveyed(page.pk, 1, True, False)]
            assert entry_states.claim_surveyed(writable, surveyed, take_over=True) == {}

    def test_a_bulk_run_does_not_wait_for_the_end_of_a_transaction_that_inserts_an_entry(self, page, writable):
        Entry.objects.all().delete()
        is_inserted, may_end, is_over = threading.Event(), threading.Event(), threading.Event()

        def insert():
            with transaction.atomic():
                entry_states.request([page.pk], INDEX, "default")
                is_inserted.set()
                may_end.wait(10)
            is_over.set()
            connection.close()

        editor = threading.Thread(target=insert)
        editor.start()
        try:
            assert is_inserted.wait(20)
            surveyed = [entry_states.Surveyed(page.pk, 0, True, False)]
            assert entry_states.claim_surveyed(writable, surveyed, take_over=True) == {}
            assert entry_states.request_unlisted(writable, [page.pk]) == []
            assert not is_over.is_set()
        finally:
            may_end.set()
            editor.join(20)

    def test_a_comparison_skips_them(self, page, writable):
        with self.locked(page):
            assert entry_states.request_listed(writable, {page.pk: 1}) == []

    def test_a_note_about_one_stays_until_it_is_free(self, page):
        note = TestRequestLater().note
        with self.locked(page):
            note(page)
            assert entry_states.take_requests("default", limit=10) == ([], False)
            assert EntryRequest.objects.exists()
        assert entry_states.take_requests("default", limit=10) == ([page.pk], False)

    def test_a_release_waits_for_an_editor_who_rolls_back(self, page, writable, claims):
        with self.locked(page) as done:
            timer = threading.Timer(0.1, done.set)
            timer.start()
            entry_states.release(writable, claims)
            timer.join()
        assert state_of(page).lease_expires_at is None

    def test_a_release_does_not_wait_for_long(self, page, writable, claims, monkeypatch):
        monkeypatch.setattr(workers, "LOCK_TIMEOUT", "50ms")
        with self.locked(page):
            entry_states.release(writable, claims)
        assert state_of(page).lease_expires_at is not None

    def test_a_release_of_many_locked_pages_has_one_limit(self, page, writable, claims, monkeypatch):
        monkeypatch.setattr(workers, "RELEASE_WAIT_SECONDS", 0)
        with self.locked(page):
            entry_states.release(writable, claims)
        assert state_of(page).lease_expires_at is not None
