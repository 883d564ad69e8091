"""An editor publishes, changes and takes away a page in the admin; a visitor's next search knows of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from testproject.library.models import ArticlePage, SectionPage

FEVER = "Doctors advise patients with a fever to drink plenty of fluids and rest in bed."
#: Means something near and shares no word with the text above.
QUESTION_ABOUT_FEVER = "medical care for flu symptoms"
GARDEN = "Water the tomatoes early in the morning and cover the young plants when frost is announced."
QUESTION_ABOUT_GARDEN = "growing tomato plants"
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
    _type(editor, FEVER)
    _publish(editor)
    return str(ArticlePage.objects.get(title=TITLE).pk)


def make_published_page() -> str:
    """Publish the same page without the form, for tests about what comes afterwards; return its id."""
    section = SectionPage.objects.get(slug="text")
    page = section.add_child(instance=ArticlePage(title=TITLE, slug="notes", body=[("paragraph", f"<p>{FEVER}</p>")]))
    page.save_revision().publish()
    return str(page.pk)


def _type(editor: Page, text: str) -> None:
    paragraph = editor.locator(".public-DraftEditor-content").first
    paragraph.click()
    editor.keyboard.press("ControlOrMeta+a")
    editor.keyboard.type(text)
    expect(paragraph).to_have_text(text)
    # The form gets the text a moment after the editor has stopped typing.
    expect(editor.locator("input[name='body-0-value']")).to_have_value(re.compile(re.escape(text)))


def _publish(editor: Page) -> None:
    editor.get_by_role("button", name="More actions").click()
    editor.get_by_role("button", name="Publish", exact=True).click()
    expect(editor.locator(".messages")).to_contain_text("published")


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


def test_a_published_text_is_found_by_a_paraphrase_at_the_next_request(editor, visitor):
    assert TITLE not in names_found(visitor, QUESTION_ABOUT_FEVER)
    publish_new_page(editor)
    assert TITLE in names_found(visitor, QUESTION_ABOUT_FEVER)[:3]
    expect(visitor.locator(".result", has_text=TITLE)).to_contain_text("Doctors advise")
    assert names_found(visitor, QUESTION_ABOUT_FEVER, mode="keyword") == []


def test_a_changed_text_is_found_by_its_new_words(editor, visitor):
    editor.goto(f"/admin/pages/{make_published_page()}/edit/")
    _type(editor, GARDEN)
    _publish(editor)
    assert TITLE in names_found(visitor, QUESTION_ABOUT_GARDEN)[:3]
    assert "Doctors" not in visitor.locator("main").inner_text()


@pytest.mark.parametrize("take_away", [unpublish, delete, make_private])
def test_a_page_taken_away_is_gone_at_the_next_request(editor, visitor, take_away: Callable[[Page, str], None]):
    page = make_published_page()
    assert TITLE in names_found(visitor, QUESTION_ABOUT_FEVER)
    take_away(editor, page)
    for mode in ("hybrid", "semantic", "keyword"):
        assert TITLE not in names_found(visitor, QUESTION_ABOUT_FEVER, mode)
        assert TITLE not in names_found(visitor, "fever patients", mode)
