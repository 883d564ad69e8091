"""The search lab, by mouse and by keyboard, on a wide and on a narrow window, with few rights and with many."""

from __future__ import annotations

import io
import re

from playwright.sync_api import Page, expect

from wagtail_vector_search.evaluation import read_judgments

from .keyboard import tab_to

LAB = "/admin/search-index/lab/"


def column(page: Page, name: str):
    return page.get_by_role("region", name=name)


def unfold_the_setting(page: Page) -> None:
    expect(page.get_by_role("textbox", name="Setting")).to_be_hidden()
    page.locator(".vs-weight summary").click()


def titles(page: Page, name: str) -> list[str]:
    return column(page, name).get_by_role("heading", level=3).all_inner_texts()


def test_an_editor_with_few_rights_compares_and_rates_their_own_pages(few_rights, section, assert_accessible):
    few_rights.goto(LAB)
    assert_accessible(few_rights)
    expect(few_rights.get_by_label("Search as").locator("option")).to_have_text(["Anyone, not logged in", "Myself"])
    few_rights.get_by_label("What a visitor types").fill("break a long line of text")
    few_rights.locator("main").get_by_role("button", name="Search", exact=True).click()
    few_rights.wait_for_url("**q=break**")
    links = few_rights.get_by_role("link", name="View live").evaluate_all("all => all.map((link) => link.pathname)")
    assert links
    assert all(link.startswith(f"/{section.slug}/") for link in links)

    first = column(few_rights, "By words").get_by_role("listitem").first
    title = first.get_by_role("heading").inner_text()
    first.get_by_role("button", name="Good").click()
    same = few_rights.get_by_role("group", name=f"How well does “{title}” answer?")
    for button in same.get_by_role("button", name="Good").all():
        expect(button).to_have_attribute("aria-pressed", "true")
    few_rights.reload()
    expect(same.get_by_role("button", name="Good").first).to_have_attribute("aria-pressed", "true")

    with few_rights.expect_download() as download:
        few_rights.get_by_role("button", name="Download ratings").click()
    judged = read_judgments(io.BytesIO(download.value.path().read_bytes())).queries
    assert [(query.text, list(query.grades.values())) for query in judged] == [("break a long line of text", [2])]

    few_rights.get_by_role("button", name="Compare the searches").click()
    expect(few_rights.get_by_role("row", name=re.compile("keyword"))).to_contain_text("100 %")
    for summary in few_rights.get_by_text("Why this result?").all():
        summary.click()
    assert_accessible(few_rights)


def test_the_slider_changes_the_middle_column_the_setting_and_the_address(many_rights):
    many_rights.goto(f"{LAB}?q=stop a thread early")
    by_words, by_meaning = titles(many_rights, "By words"), titles(many_rights, "By meaning")
    unfold_the_setting(many_rights)
    slider = many_rights.get_by_role("slider")
    slider.fill("0")
    expect(many_rights.get_by_role("textbox", name="Setting")).to_have_value('"SEMANTIC_WEIGHT": 0,')
    many_rights.wait_for_url("**weight=0")
    slider.fill("1")
    expect(many_rights.get_by_role("textbox", name="Setting")).to_have_value('"SEMANTIC_WEIGHT": 1,')
    many_rights.wait_for_url("**weight=1")
    expect(many_rights.locator("[data-vs-status]")).to_contain_text("100 %")
    shown = titles(many_rights, "Combined")
    assert [title for title in by_meaning if title in shown] == [title for title in shown if title in by_meaning]
    assert titles(many_rights, "By words") == by_words
    assert titles(many_rights, "By meaning") == by_meaning

    many_rights.reload()
    assert titles(many_rights, "Combined") == shown
    unfold_the_setting(many_rights)
    many_rights.get_by_role("button", name="Reset to the site").click()
    expect(many_rights.get_by_role("textbox", name="Setting")).to_have_value('"SEMANTIC_WEIGHT": 0.35,')
    expect(many_rights.get_by_text("is what visitors get with the current settings")).to_be_visible()
    many_rights.wait_for_url(re.compile("early$"))


def test_a_failed_request_says_so_and_the_next_one_succeeds(many_rights):
    many_rights.goto(f"{LAB}?q=stop a thread early")
    many_rights.route("**/lab/both/**", lambda route: route.abort())
    many_rights.get_by_role("slider").fill("0.8")
    expect(many_rights.get_by_role("alert")).to_contain_text("could not be loaded")
    many_rights.unroute("**/lab/both/**")
    many_rights.get_by_role("slider").fill("0.9")
    many_rights.wait_for_url("**weight=0.9")
    expect(many_rights.get_by_text("could not be loaded")).to_be_hidden()


def test_the_lab_works_by_keyboard(many_rights):
    many_rights.goto(LAB)
    many_rights.get_by_label("What a visitor types").focus()
    many_rights.keyboard.type("stop a thread early")
    many_rights.keyboard.press("Enter")
    many_rights.wait_for_url("**q=stop**")
    tab_to(many_rights, "[data-vs-slider]")
    many_rights.keyboard.press("End")
    many_rights.wait_for_url("**weight=1")
    assert many_rights.evaluate("document.activeElement.matches('[data-vs-slider]')")
    tab_to(many_rights, "[data-vs-reset]")
    tab_to(many_rights, ".vs-why summary")
    many_rights.keyboard.press("Enter")
    expect(many_rights.locator(".vs-why").first).to_have_attribute("open", "")
    tab_to(many_rights, "[data-vs-grade=fair]")
    many_rights.keyboard.press("Space")
    expect(many_rights.locator("[data-vs-grade=fair]").first).to_have_attribute("aria-pressed", "true")
    many_rights.keyboard.press("Space")
    expect(many_rights.locator("[data-vs-grade=fair]").first).to_have_attribute("aria-pressed", "false")


def test_the_lab_fits_a_narrow_window(many_rights, narrow, assert_accessible):
    narrow(many_rights)
    many_rights.goto(f"{LAB}?q=stop a thread early")
    assert many_rights.evaluate("document.querySelector('main').scrollWidth") <= 400
    for name in ("By words", "Combined", "By meaning"):
        many_rights.get_by_role("link", name=name, exact=True).click()
        expect(column(many_rights, name).get_by_role("heading", level=2)).to_be_in_viewport()
    many_rights.emulate_media(color_scheme="dark")
    assert_accessible(many_rights)
