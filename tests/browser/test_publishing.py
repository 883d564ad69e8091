"""An editor publishes, changes and takes away a page in the admin; a visitor's next search knows of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from testproject.library.models import SectionPage

BREAD = "Knead the dough until it is elastic, let it rise overnight and bake it in a very hot oven."
#: Means the same and shares no word with the text above.
QUESTION_ABOUT_BREAD = "making a loaf of bread at home"
GARDEN = "Water the tomatoes early in the morning and cover the young plants when frost is announced."
QUESTION_ABOUT_GARDEN = "growing vegetables outdoors"
TITLE = "Notes from Saturday"


def names_found(visitor: Page, question: str, mode: str = "hybrid") -> list[str]:
    visitor.goto(f"/search/?q={question}&mode={mode}")
    return visitor.locator(".result-title").all_inner_texts()


def publish_new_page(editor: Page) -> str:
    """Write and publish a page as an editor does, and return its id."""
    section = SectionPage.objects.get(slug="text")
    editor.goto(f"/admin/pages/add/library/articlepage/{section.pk}/")
    editor.fill("#id_title", TITLE)
    editor.get_by_role("button", name="Insert a block").first.click()
    editor.get_by_role("option", name="Paragraph").click()
    _type(editor, BREAD)
    _publish(editor)
    editor.wait_for_url(f"**/admin/pages/{section.pk}/**")
    editor.get_by_role("link", name=TITLE, exact=True).first.click()
    editor.wait_for_url("**/edit/")
    return re.findall(r"/pages/(\d+)/edit/", editor.url)[0]


def _type(editor: Page, text: str) -> None:
    editor.locator(".public-DraftEditor-content").first.click()
    editor.keyboard.press("ControlOrMeta+a")
    editor.keyboard.type(text)


def _publish(editor: Page) -> None:
    editor.get_by_role("button", name="More actions").click()
    editor.get_by_role("button", name="Publish", exact=True).click()


def unpublish(editor: Page, page: str) -> None:
    editor.goto(f"/admin/pages/{page}/unpublish/")
    editor.get_by_role("button", name="Yes, unpublish it").click()
    editor.wait_for_url(lambda url: "unpublish" not in url)


def delete(editor: Page, page: str) -> None:
    editor.goto(f"/admin/pages/{page}/delete/")
    editor.get_by_role("button", name="Yes, delete it").click()
    editor.wait_for_url(lambda url: "delete" not in url)


def make_private(editor: Page, page: str) -> None:
    editor.goto(f"/admin/pages/{page}/edit/")
    editor.get_by_role("button", name="Toggle status").click()
    editor.get_by_role("button", name="Change privacy").click()
    editor.get_by_label("Private, accessible to any logged-in users").check()
    with editor.expect_response(lambda response: response.url.endswith("/privacy/")):
        editor.get_by_role("button", name="Save", exact=True).click()


def test_what_was_published_is_found_by_a_paraphrase_at_the_next_request(editor, visitor):
    assert TITLE not in names_found(visitor, QUESTION_ABOUT_BREAD)
    publish_new_page(editor)
    assert names_found(visitor, QUESTION_ABOUT_BREAD)[0] == TITLE
    assert "Knead the dough" in visitor.locator(".passage").first.inner_text()
    assert names_found(visitor, QUESTION_ABOUT_BREAD, mode="keyword") == []


def test_a_changed_text_is_found_by_what_it_says_now(editor, visitor):
    publish_new_page(editor)
    _type(editor, GARDEN)
    _publish(editor)
    editor.wait_for_load_state()
    assert names_found(visitor, QUESTION_ABOUT_GARDEN)[0] == TITLE
    assert "dough" not in visitor.locator("main").inner_text()


@pytest.mark.parametrize("take_away", [unpublish, delete, make_private])
def test_a_page_taken_away_is_gone_at_the_next_request(editor, visitor, take_away: Callable[[Page, str], None]):
    page = publish_new_page(editor)
    assert TITLE in names_found(visitor, QUESTION_ABOUT_BREAD)
    take_away(editor, page)
    for mode in ("hybrid", "semantic", "keyword"):
        assert TITLE not in names_found(visitor, QUESTION_ABOUT_BREAD, mode)
        assert TITLE not in names_found(visitor, "dough oven", mode)
