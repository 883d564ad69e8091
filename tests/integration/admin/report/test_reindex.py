"""Indexing pages again from the report: requested in the outbox, by users who may, for pages that they may see."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.db import OperationalError
from django.urls import reverse

from tests.kept import kept
from wagtail_vector_search.admin.permissions import REINDEX, VIEW_REPORT
from wagtail_vector_search.admin.report import reindex
from wagtail_vector_search.indexing import entry_states
from wagtail_vector_search.models import Entry

URL = "/admin/search-index/report/reindex/"


@pytest.fixture
@kept
def pages(section, hidden_section, make_article, build_index):
    made = {
        "fine": make_article("Fine", "Some text about gardens.", parent=section),
        "other": make_article("Other", "Some text about rivers.", parent=section),
        "failed": make_article("Failed", "Some text about hills.", parent=section),
        "secret": make_article("Secret", "Some text about caves.", parent=hidden_section),
    }
    build_index()
    failed = Entry.objects.filter(page__in=[made["failed"], made["secret"]])
    failed.update(state="failed", last_error="ProviderError: no", attempts=8)
    return made


@pytest.fixture
def editor(make_editor, log_in):
    return log_in(make_editor("again", VIEW_REPORT, REINDEX))


def state_of(page):
    return Entry.objects.get(page=page).state


def told(response):
    return [str(message).strip() for message in get_messages(response.wsgi_request)]


def test_one_page_is_requested(editor, pages, no_worker):
    response = editor.post(URL, {"only": pages["fine"].pk, "page": [pages["other"].pk]})
    assert (state_of(pages["fine"]), state_of(pages["other"])) == ("pending", "indexed")
    assert response.url == reverse("wagtail_vector_search:report")
    assert "1 page is being indexed again" in told(response)[0]


def test_the_selected_pages_are_requested(editor, pages, no_worker):
    response = editor.post(URL, {"page": [pages["fine"].pk, pages["other"].pk]})
    assert (state_of(pages["fine"]), state_of(pages["other"])) == ("pending", "pending")
    assert "2 pages are being indexed again" in told(response)[0]


def test_all_failed_pages_are_requested_except_those_that_the_editor_does_not_see(editor, pages, no_worker):
    response = editor.post(URL, {"failed": "1"})
    assert (state_of(pages["failed"]), state_of(pages["secret"])) == ("pending", "failed")
    assert state_of(pages["fine"]) == "indexed"
    assert "1 page is" in told(response)[0]


def test_a_page_that_has_failed_for_good_starts_again(editor, pages, no_worker):
    editor.post(URL, {"failed": "1"})
    state = Entry.objects.get(page=pages["failed"])
    assert (state.attempts, state.last_error) == (0, "")


def test_a_hidden_page_cannot_be_named(editor, pages, no_worker):
    response = editor.post(URL, {"only": pages["secret"].pk})
    assert state_of(pages["secret"]) == "failed"
    assert told(response) == ["No pages were selected."]


def test_pages_that_are_left_out_on_purpose_have_no_button_and_are_not_requested(editor, pages, no_worker):
    Entry.objects.filter(page__in=[pages["fine"], pages["failed"]]).update(state="skipped", skip_reason="page_type")
    Entry.objects.filter(page=pages["other"]).update(state="skipped", skip_reason="empty")
    html = editor.get(reverse("wagtail_vector_search:report")).content.decode()
    for page, has_button in ((pages["fine"], False), (pages["failed"], False), (pages["other"], True)):
        assert (f'name="only" value="{page.pk}"' in html) is has_button
        assert (f'name="page" value="{page.pk}"' in html) is has_button
    response = editor.post(URL, {"page": [page.pk for page in pages.values()]})
    assert [state_of(pages[name]) for name in ("fine", "failed", "other")] == ["skipped", "skipped", "pending"]
    assert "2 pages are left out of search on purpose" in told(response)[0]
    assert "1 page is being indexed again" in told(response)[1]
    response = editor.post(URL, {"only": pages["fine"].pk})
    assert told(response)[-1] == "1 page is left out of search on purpose, so it was not indexed again."


@pytest.mark.parametrize("data", [{}, {"page": ["x", "", "-1", "9" * 30]}, {"only": "'"}, {"index": "no such"}])
def test_nonsense_is_answered_kindly(editor, pages, no_worker, data):
    assert told(editor.post(URL, data)) == ["No pages were selected."]


def test_the_task_that_follows_indexes_them(editor, pages, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(URL, {"failed": "1"})
    assert state_of(pages["failed"]) == "indexed"


def test_no_remote_provider_is_called(
    editor, section, make_article, build_index, use_provider, django_capture_on_commit_callbacks
):
    provider = use_provider("RemoteProvider")
    page = make_article("Far", "Some text.", parent=section)
    build_index()
    type(page).objects.filter(pk=page.pk).update(introduction="A text that has no vector yet.")
    provider.calls = 0
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(URL, {"only": page.pk})
    assert (provider.calls, state_of(page)) == (0, "pending")


def test_many_pages_are_requested_in_batches(editor, pages, no_worker, monkeypatch):
    monkeypatch.setattr(reindex, "BATCH_PAGES", 1)
    editor.post(URL, {"page": [pages["fine"].pk, pages["other"].pk]})
    assert (state_of(pages["fine"]), state_of(pages["other"])) == ("pending", "pending")


def test_a_busy_database_is_told_without_its_message(editor, pages, no_worker, monkeypatch):
    def refuse(*args):
        raise OperationalError("lock timeout")

    monkeypatch.setattr(entry_states, "request", refuse)
    response = editor.post(URL, {"only": pages["fine"].pk})
    assert "try again" in told(response)[0]
    assert "lock timeout" not in told(response)[0]


def test_the_editor_is_led_back_to_the_report_as_it_was_shown_and_nowhere_else(editor, pages, no_worker):
    shown = reverse("wagtail_vector_search:report", query={"state": "failed"})
    assert editor.post(URL, {"failed": "1", "next": shown}).url == shown
    assert editor.post(URL, {"failed": "1", "next": "https://evil.example/"}).url == reverse(
        "wagtail_vector_search:report"
    )


def test_seeing_the_report_is_not_enough(report_right, log_in, pages, no_worker):
    reader = log_in(report_right)
    reader.post(URL, {"failed": "1"})
    assert state_of(pages["failed"]) == "failed"
    html = reader.get(reverse("wagtail_vector_search:report")).content.decode()
    assert "Index again" not in html
    assert "reindex" not in html


def test_a_request_takes_a_form_of_this_site(make_editor, log_in, pages, no_worker):
    editor = log_in(make_editor("strict", VIEW_REPORT, REINDEX), enforce_csrf_checks=True)
    assert editor.post(URL, {"failed": "1"}).status_code == 403
    assert editor.get(URL, {"failed": "1"}).status_code == 405
    assert state_of(pages["failed"]) == "failed"
    editor.get(reverse("wagtail_vector_search:report"))
    editor.post(URL, {"failed": "1", "csrfmiddlewaretoken": editor.cookies["csrftoken"].value})
    assert state_of(pages["failed"]) == "pending"
