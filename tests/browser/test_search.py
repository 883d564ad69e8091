"""A visitor with a browser: asks, follows a result, looks at related pages; also on a phone and without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Page, expect

PHONE = {"width": 360, "height": 740}
ADDRESSES = (
    "/",
    "/search/",
    "/search/?q=stop a loop early",
    "/search/?q=thread&mode=compare",
    "/the-language/format-string-syntax/",
    "/doing-several-things-at-once/threading/threading-thread/",
    "/fr/",
)


def ask(page: Page, question: str) -> None:
    page.get_by_role("searchbox", name="What would you like to know?").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")


def result_names(page: Page) -> list[str]:
    return page.locator(".result-title").all_inner_texts()


def test_a_question_typed_on_the_home_page_leads_to_the_passage_that_answers_it(visitor):
    visitor.goto("/")
    ask(visitor, "copy a nested dictionary without sharing")
    assert "copy" in result_names(visitor)[:3]
    visitor.get_by_role("link", name="copy", exact=True).first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("copy")
    expect(visitor.locator("main")).to_contain_text("A deep copy constructs a new compound object")


def test_a_result_opens_at_the_heading_of_its_passage(visitor):
    visitor.goto("/search/?q=wait until a thread has ended")
    link = visitor.locator(".passage-heading").first
    heading = link.inner_text()
    link.click()
    target = visitor.locator("h2:target")
    expect(target).to_have_text(heading)
    expect(target).to_be_in_viewport()


def test_a_passage_shows_where_the_words_of_the_question_are(visitor):
    visitor.goto("/search/?q=nested loop")
    marks = {text.lower() for text in visitor.locator("mark").all_inner_texts()}
    assert marks & {"loop", "loops", "nested"}


def test_the_visitor_can_compare_the_three_ways_to_search(visitor):
    visitor.goto("/search/?q=stop a loop early")
    visitor.get_by_role("link", name="Compare").click()
    for name in ("By words", "By meaning", "Best match"):
        expect(visitor.get_by_role("region", name=name)).to_be_visible()
    expect(visitor.get_by_role("region", name="By words")).to_contain_text("Nothing found.")
    expect(visitor.get_by_role("region", name="Best match")).to_contain_text("break")


def test_related_pages_lead_on(visitor):
    visitor.goto("/the-language/the-break-statement/")
    related = visitor.get_by_role("complementary", name="Related pages")
    names = related.get_by_role("link").all_inner_texts()
    assert len(names) == 5
    assert 'The "break" statement' not in names
    related.get_by_role("link").first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(names[0])


def test_the_site_works_without_javascript(new_visitor):
    visitor = new_visitor(java_script_enabled=False)
    visitor.goto("/")
    visitor.get_by_role("searchbox").fill("stop a loop early")
    visitor.get_by_role("button", name="Search").click()
    assert 'The "break" statement' in result_names(visitor)[:3]
    visitor.get_by_role("link", name="By meaning").click()
    assert result_names(visitor)
    visitor.get_by_label("in", exact=True).select_option("Text")
    visitor.get_by_role("button", name="Search").click()
    assert "section=" in visitor.url


def test_no_page_is_wider_than_a_phone(new_visitor):
    visitor = new_visitor(viewport=PHONE, has_touch=True, is_mobile=True)
    for address in ADDRESSES:
        visitor.goto(address)
        assert visitor.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(visitor):
    visitor.goto("/search/?q=stop a loop early")
    visitor.keyboard.press("Tab")
    skip = visitor.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    visitor.keyboard.press("Enter")
    expect(visitor.locator("main")).to_be_focused()
    visitor.keyboard.press("Tab")
    assert visitor.evaluate("document.querySelector('main').contains(document.activeElement)")
    visitor.get_by_role("button", name="Search").focus()
    visitor.keyboard.press("Tab")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert visitor.evaluate(outline) == "solid"


def test_the_site_follows_a_dark_system(new_visitor):
    backgrounds = []
    for scheme in ("light", "dark"):
        visitor = new_visitor(color_scheme=scheme)
        visitor.goto("/")
        backgrounds.append(visitor.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    assert backgrounds == ["rgb(255, 255, 255)", "rgb(17, 22, 28)"]


def test_the_site_makes_no_request_to_other_hosts_and_none_fails(visitor, site):
    elsewhere, failed = [], []
    visitor.on("request", lambda request: None if request.url.startswith(site) else elsewhere.append(request.url))
    visitor.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    visitor.on("pageerror", lambda error: failed.append(str(error)))
    for address in ADDRESSES:
        visitor.goto(address)
    assert (elsewhere, failed) == ([], [])
