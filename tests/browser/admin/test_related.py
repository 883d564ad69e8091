"""Editors pin, order and hide related pages, as they would by hand."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from testproject.library.models import ArticlePage
from wagtail_vector_search.curation import RelatedPages


@pytest.fixture
def article(section) -> ArticlePage:
    """An article of the section that those with few rights edit."""
    return ArticlePage.objects.get(title__startswith="textwrap.dedent")


def open_panel(page: Page, article: ArticlePage) -> Locator:
    page.goto(f"/admin/pages/{article.pk}/edit/")
    panel = page.locator("wvs-related-pages")
    expect(panel.locator("[data-related-list]:not([aria-busy])")).to_be_visible()
    return panel


def rows(panel: Locator, name: str) -> Locator:
    return panel.locator(f"[data-related-rows={name}] > [data-id]")


def ids(panel: Locator, name: str) -> list[int]:
    return [int(row.get_attribute("data-id") or 0) for row in rows(panel, name).all()]


def choice(panel: Locator) -> dict[str, list[int]]:
    return json.loads(panel.locator("input").input_value())


def press(panel: Locator, row: Locator, action: str) -> None:
    row.locator(f"[data-related-action={action}]").click()
    expect(panel.locator("[data-related-list]:not([aria-busy])")).to_be_visible()


def test_an_editor_pins_orders_hides_undoes_and_publishes(many_rights, article, visitor, assert_accessible):
    panel = open_panel(many_rights, article)
    shown = ids(panel, "shown")
    assert len(shown) == 5

    press(panel, rows(panel, "shown").nth(3), "pin")
    expect(panel.get_by_role("status")).to_contain_text("is pinned")
    press(panel, rows(panel, "shown").nth(4), "pin")
    press(panel, rows(panel, "shown").nth(1), "up")
    expect(panel.get_by_role("status")).to_contain_text("is now number 1 of 2")
    assert choice(panel)["pinned"] == [shown[4], shown[3]] == ids(panel, "shown")[:2]

    press(panel, rows(panel, "shown").nth(2), "hide")
    assert choice(panel)["hidden"] == [shown[0]] == ids(panel, "hidden")
    press(panel, rows(panel, "shown").nth(2), "hide")
    panel.get_by_role("button", name="Undo").click()
    expect(rows(panel, "hidden")).to_have_count(1)
    assert_accessible(many_rights, "wvs-related-pages")

    many_rights.get_by_role("button", name="More actions").click()
    many_rights.get_by_role("button", name="Publish").click()
    expect(
        many_rights.locator(".messages .success, .w-message--success, [data-controller*=messages] .success").first
    ).to_be_visible()
    article.refresh_from_db()
    assert article.related == RelatedPages((shown[4], shown[3]), (shown[0],))

    visitor.goto(article.url)
    titles = [ArticlePage.objects.get(pk=pk).title.split(" — ")[0] for pk in (shown[4], shown[3])]
    links = visitor.locator("aside.related li")
    expect(links.nth(0)).to_contain_text(titles[0])
    expect(links.nth(1)).to_contain_text(titles[1])


def test_the_panel_works_by_keyboard(many_rights, article):
    panel = open_panel(many_rights, article)
    first, second = ids(panel, "shown")[:2]
    focused = many_rights.locator(":focus")
    for _ in range(2):
        rows(panel, "shown").nth(1).locator("[data-related-action=pin]").focus()
        many_rights.keyboard.press("Enter")
        expect(rows(panel, "shown").nth(0).locator("[data-related-action=unpin]")).to_be_visible()
        expect(panel.locator("[data-related-list]:not([aria-busy])")).to_be_visible()
        expect(panel.locator("[data-id]:focus-within")).to_have_count(1)
    assert len(choice(panel)["pinned"]) == 2
    pinned = choice(panel)["pinned"]

    rows(panel, "shown").nth(0).locator("[data-related-action=down]").focus()
    many_rights.keyboard.press("Space")
    expect(panel.get_by_role("status")).to_contain_text("is now number 2 of 2")
    assert choice(panel)["pinned"] == pinned[::-1]
    expect(focused).to_have_attribute("data-related-action", "up")  # it is the last one: down is not for it

    assert {first, second} & {*pinned}
    many_rights.keyboard.press("Tab")
    expect(focused).to_have_attribute("data-related-action", "unpin")
    many_rights.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_contain_text("is no longer pinned")
    assert choice(panel)["pinned"] == pinned[1:]


def test_any_page_can_be_chosen_and_a_deleted_one_is_reported(many_rights, article):
    other = ArticlePage.objects.get(title__startswith="sched —")
    gone = ArticlePage.objects.get(title__startswith="glob —")
    article.related = RelatedPages(pinned=(gone.pk,))
    article.save()
    gone.delete()
    panel = open_panel(many_rights, article)
    expect(panel.get_by_role("alert")).to_contain_text("has been deleted")
    assert choice(panel)["pinned"] == []

    panel.get_by_role("button", name="Choose a page").click()
    many_rights.locator(".modal-body #id_q").fill("sched")
    many_rights.locator(".modal-body a.choose-page", has_text="sched —").first.click()
    expect(rows(panel, "shown").first).to_contain_text("sched —")
    assert choice(panel)["pinned"] == [other.pk]


def test_an_editor_with_few_rights_keeps_pages_that_they_may_not_see(
    few_rights, article, section, assert_accessible, narrow
):
    secret = ArticlePage.objects.exclude(path__startswith=section.path).first()
    assert secret
    article.related = RelatedPages(pinned=(secret.pk,))
    article.save()
    panel = open_panel(narrow(few_rights), article)
    expect(rows(panel, "shown").first).to_contain_text("A page you cannot see")
    assert secret.title not in panel.inner_text()
    for title in rows(panel, "shown").all()[1:]:
        found = ArticlePage.objects.get(pk=title.get_attribute("data-id"))
        assert found.is_descendant_of(section)
    press(panel, rows(panel, "shown").nth(1), "pin")
    assert choice(panel)["pinned"][0] == secret.pk
    assert few_rights.evaluate("document.documentElement.scrollWidth") <= 400
    assert_accessible(few_rights, "wvs-related-pages")


def test_the_choice_is_kept_when_the_list_cannot_be_loaded(many_rights, article):
    many_rights.route("**/search-index/related/**", lambda route: route.abort())
    many_rights.goto(f"/admin/pages/{article.pk}/edit/")
    panel = many_rights.locator("wvs-related-pages")
    expect(panel.get_by_role("status")).to_contain_text("could not be loaded")
    many_rights.unroute("**/search-index/related/**")
    panel.get_by_role("button", name="Try again").click()
    expect(rows(panel, "shown")).to_have_count(5)
