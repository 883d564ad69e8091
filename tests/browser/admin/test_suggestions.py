"""Pages are suggested where the rich text editor asks for a link."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from testproject.library.models import ArticlePage


@pytest.fixture
def article(section) -> ArticlePage:
    """An article of the section that those with few rights edit, with one paragraph."""
    article = ArticlePage.objects.get(title__startswith="textwrap.dedent")
    article.body = [("paragraph", "<p>Use fill to wrap a single paragraph of text.</p>")]
    article.save()
    return article


def open_chooser(page: Page, article: ArticlePage) -> Locator:
    """Select the first two words, and ask for a link by keyboard."""
    page.goto(f"/admin/pages/{article.pk}/edit/")
    editor = page.locator("[data-contentpath=body] .Draftail-Editor [contenteditable=true]").first
    editor.click()
    page.keyboard.press("ControlOrMeta+Home")
    for _ in "Use fill":
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ControlOrMeta+k")
    body = page.locator(".modal-body")
    expect(body.locator("p.link-types")).to_be_visible()
    # Once it has faded in, the modal takes the focus.
    page.wait_for_function("document.activeElement.closest('.modal') !== null")
    return body


def open_tab(body: Locator) -> Locator:
    body.get_by_role("link", name="Suggested", exact=True).click()
    expect(body.locator("p.link-types b")).to_have_text("Suggested")
    return body


def link_in(page: Page) -> dict[str, object]:
    """Return the link of the first paragraph, as Wagtail's editor will save it."""
    value = page.locator("input[name=body-0-value]").input_value()
    (entity,) = json.loads(value)["entityMap"].values()
    return entity["data"]


def test_a_suggested_page_makes_the_link_that_the_explorer_makes(many_rights, article, assert_accessible):
    body = open_tab(open_chooser(many_rights, article))
    assert_accessible(many_rights, ".modal-body")
    first = body.locator("a.choose-page").first
    expect(first).to_be_focused()
    key = int(first.get_attribute("data-id") or 0)
    many_rights.keyboard.press("Enter")
    expect(body).to_have_count(0)
    suggested = link_in(many_rights)
    assert suggested["id"] == key != article.pk

    target = ArticlePage.objects.get(pk=key)
    many_rights.on("dialog", lambda dialog: dialog.accept())  # leave without saving
    body = open_chooser(many_rights, article)
    body.locator("#id_q").fill(target.title)
    body.locator(f"a.choose-page[data-id='{key}']").click()
    expect(body).to_have_count(0)
    assert link_in(many_rights) == suggested


def test_the_other_tabs_lead_to_the_tab_and_back(many_rights, article):
    body = open_chooser(many_rights, article)
    body.get_by_role("link", name="External link").click()
    expect(body.locator("p.link-types b")).to_have_text("External link")
    open_tab(body)
    body.get_by_role("link", name="Internal link").click()
    expect(body.locator("p.link-types b")).to_have_text("Internal link")
    expect(body.get_by_role("link", name="Suggested", exact=True)).to_be_visible()


def test_an_editor_with_few_rights_is_offered_pages_that_they_may_see(
    few_rights, article, section, narrow, assert_accessible
):
    body = open_tab(open_chooser(few_rights, article))
    narrow(few_rights)
    found = [int(link.get_attribute("data-id") or 0) for link in body.locator("a.choose-page").all()]
    assert found
    assert all(ArticlePage.objects.get(pk=key).is_descendant_of(section) for key in found)
    assert article.pk not in found
    assert_accessible(few_rights, ".modal-body")


def test_other_page_choosers_do_not_have_the_tab(many_rights, article):
    many_rights.goto(f"/admin/pages/{article.pk}/edit/")
    many_rights.locator("wvs-related-pages").get_by_role("button", name="Choose a page").click()
    body = many_rights.locator(".modal-body")
    expect(body.locator("a.choose-page").first).to_be_visible()
    expect(body.get_by_text("Suggested", exact=True)).to_have_count(0)
