"""What search would make of a draft: read, embedded and ranked in memory, and nothing of it written."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve, reverse
from wagtail.models import Page, PageViewRestriction

from tests.misbehaving import BrokenRemoteProvider
from tests.testapp.models import ArticlePage
from wagtail_vector_search.admin.editor.draft import read_draft
from wagtail_vector_search.admin.editor.page_state import find_serving
from wagtail_vector_search.models import Embedding256, Entry, EntryTerms, TermFrequency
from wagtail_vector_search.retrieval import Legs, rank_pages

from .conftest import BREAD, HARBOUR

TABLES = (Embedding256, Entry, EntryTerms, TermFrequency)
WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "CREATE", "TRUNCATE")


@pytest.fixture
def remote(use_provider, configure):
    """A provider that is called over a network; it counts what it is sent."""
    provider = use_provider("BrokenRemoteProvider")
    cache.clear()
    return provider


@pytest.mark.parametrize("legs", [Legs.HYBRID, Legs.SEMANTIC, Legs.KEYWORD])
def test_a_draft_without_changes_has_the_place_of_the_published_page(make_article, section, build_index, legs):
    pages = [make_article(f"Page {n}", f"{HARBOUR} Number {n}. " * (n + 1), BREAD, parent=section) for n in range(12)]
    make_article("Bread", BREAD, parent=section)
    build_index()
    serving = find_serving()
    assert serving
    draft = read_draft(pages[5], serving)
    stored = rank_pages("boats and bread before dawn", Page.objects.all(), legs=legs)
    in_memory = rank_pages("boats and bread before dawn", Page.objects.all(), legs=legs, unsaved=draft.unsaved)
    assert [page.page_id for page in in_memory.pages] == [page.page_id for page in stored.pages]
    scores = [page.score for page in in_memory.pages]
    assert scores == pytest.approx([page.score for page in stored.pages], abs=1e-3)


def test_a_draft_with_changes_has_the_place_that_it_would_have_once_published(make_article, section, edit, build_index):
    pages = [make_article(f"Page {n}", f"{HARBOUR} Number {n}. " * (n + 1), parent=section) for n in range(12)]
    bread = make_article("Bread", BREAD, parent=section)
    build_index()
    edit(bread, f"{HARBOUR} {HARBOUR}", title="Boats")
    serving = find_serving()
    assert serving
    draft = read_draft(bread, serving)
    in_memory = rank_pages("boats wait for calm", Page.objects.all(), unsaved=draft.unsaved)
    bread.get_latest_revision().publish()
    build_index()
    published = rank_pages("boats wait for calm", Page.objects.all())
    assert len(published.pages) > len(pages)
    assert [page.page_id for page in in_memory.pages] == [page.page_id for page in published.pages]


def test_the_draft_is_shown_as_it_would_be_published(harbour, bread, edit, build_index, show):
    build_index()
    edit(harbour, "Lighthouses guide ships through the fog.", title="Lighthouses")
    shown = show(harbour, "draft", method="post")
    assert "This is the draft as it was last saved." in shown
    assert "Lighthouses guide ships through the fog." in shown
    assert "Fishermen" not in shown
    assert "Fishermen" in show(harbour)


def test_pages_related_to_the_draft_are_shown(harbour, bread, make_article, section, edit, build_index, show):
    make_article("Boats", HARBOUR, parent=section)
    build_index()
    edit(harbour, BREAD, title="Bread")
    related = show(harbour, "draft", method="post").partition("Related pages")[2]
    assert 0 < related.index("Baking bread") < related.index("Boats")


def test_a_draft_is_found_by_its_own_text(harbour, bread, edit, build_index, ask):
    build_index()
    edit(harbour, "Lighthouses guide ships through the fog.")
    shown = ask(harbour, "lighthouse", draft=True)
    assert "Yes: result 1 of" in shown
    assert "By words 1 of 1" in shown
    assert "By words not found" in ask(harbour, "lighthouse")


def test_the_passage_that_answers_best_is_that_of_the_draft(harbour, edit, build_index, ask):
    build_index()
    edit(harbour, "Lighthouses guide ships through the fog.")
    html = ask(harbour, "lighthouse", draft=True, html=True)
    assert "<mark>Lighthouses</mark> guide ships" in html


def test_a_draft_is_not_stored(harbour, bread, edit, build_index, show, ask, statements):
    build_index()
    edit(harbour, "Lighthouses guide ships through the fog.", title="Lighthouses")
    before = [list(table.objects.order_by("pk").values()) for table in TABLES]
    with statements() as run:
        show(harbour, "draft", method="post")
        ask(harbour, "lighthouse", draft=True)
    assert not [query["sql"] for query in run.captured_queries if query["sql"].lstrip().startswith(WRITES)]
    assert repr([list(table.objects.order_by("pk").values()) for table in TABLES]) == repr(before)


def test_a_page_that_was_never_published_has_a_draft_to_check(section, bread, build_index, show, ask):
    build_index()
    page = section.add_child(instance=ArticlePage(title="Lighthouses", slug="lighthouses", live=False))
    page.save_revision()
    assert "Check the draft" in show(page)
    assert "Search knows this page by its title only" in show(page, "draft", method="post")
    assert "Yes: result 1 of" in ask(page, "lighthouse", draft=True)


def test_a_page_without_a_draft_offers_none(harbour, build_index, show):
    build_index()
    assert "Check the draft" not in show(harbour)


def test_a_page_that_is_left_out_of_search_says_so_of_its_draft(configure, harbour, edit, build_index, show, ask):
    configure(EXCLUDE_PAGE_TYPES=["testapp.ArticlePage"])
    build_index()
    edit(harbour, "Lighthouses guide ships through the fog.")
    assert "leaves out pages of this type" in show(harbour, "draft", method="post")
    assert "leaves out pages of this type" in ask(harbour, "lighthouse", draft=True)


def test_a_draft_is_not_sent_to_a_remote_provider_unless_the_settings_allow_it(
    remote, harbour, edit, build_index, show, ask
):
    build_index()
    edit(harbour, "Lighthouses guide ships through the fog.")
    remote.reset()
    assert "Check the draft" not in show(harbour)
    for shown in (show(harbour, "draft", method="post"), ask(harbour, "lighthouse", draft=True)):
        assert "Drafts are not sent to the service" in shown
    assert remote.texts == []


def test_only_changed_passages_are_sent_if_the_settings_allow_it(
    remote, configure, use_provider, make_article, section, edit, build_index, show
):
    configure(EMBED_DRAFTS=True)
    article = make_article("Sea", parent=section)
    article.body = [("heading", "Harbour"), ("paragraph", HARBOUR), ("heading", "Bread"), ("paragraph", BREAD)]
    article.save_revision().publish()
    build_index()
    remote.reset()
    draft = article.get_latest_revision_as_object()
    draft.body[1].value.source = "Lighthouses guide ships."
    draft.save_revision()
    article.refresh_from_db()
    assert "Check the draft" in show(article)
    assert "Lighthouses guide ships." in show(article, "draft", method="post")
    assert [text for text in remote.texts if "Lighthouses" in text]
    assert not [text for text in remote.texts if "baker" in text]


def test_the_draft_of_a_private_page_is_not_sent_to_a_remote_provider(
    remote, configure, harbour, edit, build_index, show
):
    configure(EMBED_DRAFTS=True)
    PageViewRestriction.objects.create(page=harbour.page_ptr, restriction_type=PageViewRestriction.LOGIN)
    build_index()
    edit(harbour, "Lighthouses guide ships through the fog.")
    remote.reset()
    assert "is private: it is not sent" in show(harbour, "draft", method="post")
    assert remote.texts == []


def test_a_provider_that_is_down_is_a_message(remote, configure, monkeypatch, harbour, edit, build_index, show):
    configure(EMBED_DRAFTS=True)
    build_index()
    edit(harbour, "Lighthouses guide ships through the fog.")
    monkeypatch.setattr(BrokenRemoteProvider, "broken", True)
    html = show(harbour, "draft", method="post", html=True)
    assert "cannot be reached at the moment" in html
    assert "overloaded" in html.partition("<details")[2]
    assert "Lighthouses" not in html


def test_a_page_whose_own_code_fails_is_a_message(monkeypatch, harbour, edit, build_index, show):
    build_index()
    edit(harbour, "Lighthouses guide ships through the fog.")

    def fail(self):
        raise RuntimeError("no category, at https://secret.example.com")

    monkeypatch.setattr(ArticlePage, "get_computed_text", fail)
    html = show(harbour, "draft", method="post", html=True)
    assert "Search could not read this draft." in html
    assert "no category" in html.partition("<details")[2]
    assert "secret.example.com" not in html


@pytest.mark.parametrize("name", ["editor_draft", "editor_draft_question"])
def test_a_draft_is_checked_on_request_only(harbour, build_index, editor, few_rights, name):
    build_index()
    url = reverse(f"wagtail_vector_search:{name}", args=[harbour.pk])
    assert editor.get(url).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(few_rights)
    assert strict.post(url).status_code == 403


@pytest.mark.parametrize("name", ["editor_draft", "editor_draft_question"])
def test_no_transaction_waits_for_the_provider(harbour, name):
    view: Any = resolve(reverse(f"wagtail_vector_search:{name}", args=[harbour.pk])).func
    assert view._non_atomic_requests == {"default"}
