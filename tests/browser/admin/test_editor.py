"""The side panel Search of the page editor, as editors use it: with few rights, with many, by keyboard, and narrow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from testproject.library.models import ArticlePage

PANEL = ".vs-editor"


@pytest.fixture
def article(section) -> ArticlePage:
    """An article in the section of those with few rights."""
    return ArticlePage.objects.descendant_of(section).filter(title__startswith="textwrap").first()


@pytest.fixture
def elsewhere(section) -> ArticlePage:
    """One that they do not see."""
    return ArticlePage.objects.not_descendant_of(section).filter(title__startswith="threading.Thread").first()


def open_panel(page: Page, article: ArticlePage) -> None:
    page.goto(f"/admin/pages/{article.pk}/edit/")
    page.get_by_role("button", name="Toggle search").click()
    expect(page.locator(PANEL).get_by_role("heading", name="Search status")).to_be_visible()


def ask(page: Page, query: str) -> None:
    page.get_by_label("Would this page be found for").fill(query)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Combined")).to_be_visible()


def test_an_editor_with_few_rights_sees_how_search_reads_a_page(few_rights, article, elsewhere, assert_accessible):
    open_panel(few_rights, article)
    panel = few_rights.locator(PANEL)
    expect(panel).to_contain_text("Visitors find this page by its words and by its meaning.")
    expect(panel.get_by_role("heading", name=re.compile(r"^\d+ passages?$"))).to_be_visible()
    ask(few_rights, "wrap a paragraph to a given width")
    expect(panel).to_contain_text("Yes: result 1 of")
    expect(panel).not_to_contain_text(elsewhere.title)
    assert_accessible(few_rights, PANEL)
    assert few_rights.request.get(f"/admin/search-index/pages/{elsewhere.pk}/").url.endswith("/admin/")


def test_a_draft_is_checked_on_request(many_rights, elsewhere, assert_accessible):
    draft = elsewhere.get_latest_revision_as_object()
    draft.title = "Sandwiches"
    draft.save_revision()
    open_panel(many_rights, elsewhere)
    panel = many_rights.locator(PANEL)
    ask(many_rights, "sandwiches")
    expect(panel).to_contain_text("“sandwiches” is not on the page.")
    panel.get_by_role("button", name="Check the draft").click()
    expect(panel.get_by_role("heading", name="If this draft were published")).to_be_focused()
    ask(many_rights, "sandwiches")
    expect(panel).to_contain_text("Yes: result 1 of 1.")
    assert_accessible(many_rights, PANEL)
    panel.get_by_role("button", name="Back to the published page").click()
    expect(panel.get_by_role("heading", name="Search status")).to_be_focused()


def test_the_panel_works_by_keyboard(many_rights, article):
    many_rights.goto(f"/admin/pages/{article.pk}/edit/")
    many_rights.get_by_role("button", name="Toggle search").focus()
    many_rights.keyboard.press("Enter")
    query = many_rights.get_by_label("Would this page be found for")
    expect(query).to_be_visible()
    many_rights.evaluate("document.activeElement.blur()")
    many_rights.locator(".form-side__close-button").focus()
    for _ in range(5):
        many_rights.keyboard.press("Tab")
        if query.evaluate("element => element === document.activeElement"):
            break
    many_rights.keyboard.type("wrap a paragraph")
    many_rights.keyboard.press("Enter")
    expect(many_rights.locator("[aria-live]").filter(has_text="Yes: result")).to_be_visible()
    expect(query).to_be_focused()


def test_the_panel_fetches_nothing_before_it_is_opened(many_rights, article):
    asked: list[str] = []
    many_rights.on("request", lambda request: asked.append(request.url))
    many_rights.goto(f"/admin/pages/{article.pk}/edit/")
    many_rights.wait_for_load_state("networkidle")
    assert not [url for url in asked if "search-index/pages" in url]
    with many_rights.expect_request("**/search-index/pages/**"):
        many_rights.get_by_role("button", name="Toggle search").click()


def test_a_panel_that_cannot_be_loaded_says_so_and_can_be_tried_again(many_rights, article):
    many_rights.route("**/search-index/pages/**", lambda route: route.abort())
    many_rights.goto(f"/admin/pages/{article.pk}/edit/")
    many_rights.get_by_role("button", name="Toggle search").click()
    panel = many_rights.locator(PANEL)
    expect(panel).to_contain_text("This could not be loaded.")
    many_rights.unroute("**/search-index/pages/**")
    panel.get_by_role("button", name="Try again").click()
    expect(panel.get_by_role("heading", name="Search status")).to_be_visible()


def test_the_panel_fits_a_narrow_window(many_rights, article, narrow, assert_accessible):
    narrow(many_rights)
    open_panel(many_rights, article)
    ask(many_rights, "wrap a paragraph")
    panel = many_rights.locator(PANEL)
    assert panel.evaluate("element => element.scrollWidth <= element.clientWidth")
    heading = panel.get_by_role("heading", name="Search status").bounding_box()
    button = many_rights.locator(".form-side__close-button").bounding_box()
    assert heading["y"] >= button["y"] + button["height"]
    assert_accessible(many_rights, PANEL)
