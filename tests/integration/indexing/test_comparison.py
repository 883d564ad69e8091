"""One statement finds whatever differs between the site and the index, however it came to differ."""

import datetime
import threading
from unittest import mock

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import ArticlePage
from wagtail_vector_search.generations.writable import get_writable_generations
from wagtail_vector_search.indexing import comparison, limits, tasks
from wagtail_vector_search.indexing.comparison import Difference, count_differences, request_differences
from wagtail_vector_search.indexing.worker import catch_up, drain, process
from wagtail_vector_search.models import Embedding256, Entry, EntryTerms, Generation

from .contents import is_stored, state_of, stored_from_scratch, stored_index, terms_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pages(make_article, build_index):
    """Three indexed pages, the second below the first."""
    first = make_article("Boats", introduction="All about boats.")
    second = make_article("Sailing", introduction="The boat crosses the sea.", parent=first)
    third = make_article("Bread", introduction="Baked from flour.")
    build_index()
    return first, second, third


def found():
    return count_differences(get_writable_generations("default")[0])


def mend():
    """What a worker does now and then."""
    catch_up("default")
    drain()


def silently(page, **fields):
    """Change a page as a statement of the project's own does, without a signal."""
    Page.objects.filter(pk=page.pk).update(**fields)


def close_silently(page):
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=Page.objects.get(pk=page.pk), restriction_type="login")]
    )


def forget(page):
    for model in (Entry, EntryTerms, Embedding256):
        model.objects.filter(page=page.pk).delete()


# Each takes an index of three pages apart, and names what a comparison must find: how many pages of which kind.
DAMAGES = {
    "a page was added without a signal": (lambda pages: forget(pages[2]), {Difference.UNLISTED: 1}),
    "a page was unpublished without a signal": (lambda pages: silently(pages[2], live=False), {Difference.UNWANTED: 1}),
    "a page was published without a signal": (
        lambda pages: Entry.objects.filter(page=pages[2].pk).update(state="skipped", skip_reason="not_live"),
        {Difference.UNLISTED: 1},
    ),
    "a section was closed without a signal": (lambda pages: close_silently(pages[0]), {Difference.UNWANTED: 2}),
    "a section that was private is open": (
        lambda pages: Entry.objects.filter(page__in=[pages[0].pk, pages[1].pk]).update(
            state="skipped", skip_reason="private"
        ),
        {Difference.UNLISTED: 2},
    ),
    "an alias has become a page of its own": (
        lambda pages: Entry.objects.filter(page=pages[2].pk).update(state="skipped", skip_reason="alias"),
        {Difference.UNLISTED: 1},
    ),
    "chunks are gone": (
        lambda pages: Embedding256.objects.filter(page=pages[0].pk).delete(),
        {Difference.INCOMPLETE: 1},
    ),
    "terms are gone": (lambda pages: EntryTerms.objects.filter(page=pages[0].pk).delete(), {Difference.INCOMPLETE: 1}),
    "entries are gone": (lambda _: Entry.objects.all().delete(), {Difference.UNLISTED: 4}),
    "rows of a page that is left out were kept": (
        lambda pages: (
            silently(pages[2], live=False),
            Entry.objects.filter(page=pages[2].pk).update(state="skipped", skip_reason="not_live"),
        ),
        {Difference.UNWANTED: 1},
    ),
    "a lease ends in a year": (
        lambda pages: Entry.objects.filter(page=pages[0].pk).update(
            state="pending", lease_expires_at=timezone.now() + datetime.timedelta(days=365)
        ),
        {Difference.STUCK: 1},
    ),
    "a page is tried again in a year": (
        lambda pages: Entry.objects.filter(page=pages[0].pk).update(
            state="failed", next_attempt_at=timezone.now() + datetime.timedelta(days=365)
        ),
        {Difference.STUCK: 1},
    ),
    "a closed page waits for a provider": (
        lambda pages: (
            close_silently(pages[2]),
            Entry.objects.filter(page=pages[2].pk).update(
                state="pending", next_attempt_at=timezone.now() + datetime.timedelta(minutes=20)
            ),
        ),
        {Difference.UNWANTED: 1},
    ),
    "a closed page was given up": (
        lambda pages: (
            close_silently(pages[2]),
            Entry.objects.filter(page=pages[2].pk).update(state="failed", attempts=8),
        ),
        {Difference.UNWANTED: 1},
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_differs_is_found_and_mended(pages, damage, monkeypatch, build_index):
    take_apart, expected = DAMAGES[damage]
    assert not found()
    take_apart(pages)
    assert found() == expected
    mend()
    assert not found()
    assert stored_index()[:2] == stored_from_scratch(monkeypatch, build_index)[:2]


def test_a_page_type_that_the_settings_leave_out_since_is_taken_out(pages, configure):
    configure(EXCLUDE_PAGE_TYPES=["testapp.ArticlePage"])
    assert found() == {Difference.UNWANTED: 3}
    mend()
    assert not any(map(is_stored, pages))


def test_a_page_whose_class_the_project_has_removed_is_taken_out(pages):
    gone = ContentType.objects.get_or_create(app_label="testapp", model="gonepage")[0]
    silently(pages[2], content_type=gone)
    assert found() == {Difference.UNWANTED: 1}
    mend()
    assert not is_stored(pages[2])
    assert not found()


def test_private_pages_belong_where_the_settings_say_so(pages, configure):
    close_silently(pages[0])
    configure(PRIVATE_PAGES=True)
    assert not found()


def test_a_page_below_the_alias_of_a_closed_page_is_found(pages, home, make_article):
    alias = pages[2].create_alias(parent=home, update_slug="bread-again")
    below = make_article("Rolls", parent=alias)
    process()
    assert is_stored(below)
    close_silently(pages[2])
    assert found() == {Difference.UNWANTED: 2}


def test_an_alias_does_not_differ(pages, home):
    pages[2].create_alias(parent=home, update_slug="bread-again")
    assert not found()


def test_closing_a_page_takes_out_what_is_below_its_aliases(pages, home, make_article):
    alias = pages[2].create_alias(parent=home, update_slug="bread-again")
    below = make_article("Rolls", parent=alias)
    process()
    restriction = PageViewRestriction.objects.create(page=pages[2], restriction_type="login")
    assert not is_stored(below)
    assert not is_stored(pages[2])
    restriction.delete()
    assert is_stored(below)
    assert is_stored(pages[2])


def test_a_restriction_that_is_given_to_another_page_opens_the_first(pages):
    restriction = PageViewRestriction.objects.create(page=pages[0], restriction_type="login")
    assert not is_stored(pages[1])
    restriction.page = pages[2]
    restriction.save()
    assert is_stored(pages[0])
    assert is_stored(pages[1])
    assert not is_stored(pages[2])


def test_pages_that_wait_as_they_should_do_not_differ(pages, no_worker):
    page = ArticlePage.objects.get(pk=pages[2].pk)
    page.save_revision().publish()
    assert state_of(page).state == "pending"
    assert not found()
    assert request_differences("default") == ({}, {})


def test_a_page_without_text_does_not_differ(home, build_index, make_article):
    page = make_article("x")
    build_index()
    Entry.objects.filter(page=page.pk).update(state="skipped", skip_reason="empty", content_hash="", chunk_count=0)
    EntryTerms.objects.filter(page=page.pk).delete()
    Embedding256.objects.filter(page=page.pk).delete()
    assert not found()


def test_a_generation_that_is_being_built_gets_no_pages_by_a_comparison(pages, build_index, configure):
    """A developer has stopped the build, perhaps because of what it costs."""
    generation = Generation.objects.get()
    generation.state = "building"
    generation.save()
    forget(pages[2])
    assert request_differences("default") == ({}, {})


def test_a_section_that_is_locked_is_taken_out_once_it_is_free(pages):
    """A worker writes a page at the moment at which its section is closed; neither waits, and nothing stays stored."""
    is_locked, may_end = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Entry.objects.select_for_update().filter(page=pages[1].pk))
            is_locked.set()
            may_end.wait(30)
        connection.close()

    worker = threading.Thread(target=hold)
    worker.start()
    try:
        assert is_locked.wait(30)
        PageViewRestriction.objects.create(page=pages[0], restriction_type="login")
        assert not is_stored(pages[0])
        assert is_stored(pages[1])
    finally:
        may_end.set()
        worker.join(30)
    mend()
    assert not is_stored(pages[1])


def test_a_section_closed_by_a_process_that_is_killed_is_taken_out(pages, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(tasks.FollowUp, "__call__", mock.Mock())
        with transaction.atomic():
            PageViewRestriction.objects.create(page=pages[0], restriction_type="login")
    assert is_stored(pages[0])
    mend()
    assert not is_stored(pages[0])
    assert not is_stored(pages[1])


def test_a_large_site_is_compared_by_a_worker_and_not_by_the_editors_request(pages, monkeypatch):
    monkeypatch.setattr(limits, "INLINE_COMPARED_PAGES", 1)
    PageViewRestriction.objects.create(page=pages[0], restriction_type="login")
    assert is_stored(pages[0])
    mend()
    assert not is_stored(pages[0])


def test_a_draft_that_is_saved_in_part_does_not_take_out_a_page_that_is_live_by_its_row(pages):
    stale = ArticlePage.objects.get(pk=pages[2].pk)
    stale.live = False
    stale.introduction = "Baked from rye."
    stale.save(update_fields=["introduction"])
    assert state_of(stale).state == "indexed"
    assert "rye" in terms_of(stale)


def test_a_site_that_does_not_differ_costs_two_statements(pages, django_assert_num_queries):
    request_differences("default")
    with django_assert_num_queries(2):
        request_differences("default")


def test_every_reason_that_the_site_decides_is_a_skip_reason():
    from wagtail_vector_search.models.entries import SkipReason

    assert set(comparison.SITE_REASONS) <= set(SkipReason.values)
