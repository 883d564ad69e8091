"""The pictures. Each function opens one page and takes its picture."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page

#: Of the window, in pixels.
WIDTH, HEIGHT = 1280, 1000

_VISITORS_QUERY = "make a random choice from a list"
_LAB_QUERY = "wait until other threads have finished"
_PANEL_QUERY = "calendar of a month"
_MARGIN = 16


def search(page: Page, edited: int) -> bytes:
    """The visitors' search page."""
    page.set_viewport_size({"width": 900, "height": HEIGHT})
    page.goto(f"/search/?q={_VISITORS_QUERY}")
    return _down_to(page, page.locator(".results > li").nth(2))


def admin_report(page: Page, edited: int) -> bytes:
    """The report, with what asks for attention at the top."""
    page.goto("/admin/search-index/report/")
    return _down_to(page, page.locator("table.listing tbody tr").nth(4), margin=0)


def admin_home(page: Page, edited: int) -> bytes:
    """The panel on the home page."""
    page.goto("/admin/")
    return _down_to(page, page.locator("section", has=page.locator("#search-attention-heading")))


def admin_panel(page: Page, edited: int) -> bytes:
    """The side panel, with an answer."""
    page.goto(f"/admin/pages/{edited}/edit/")
    page.get_by_role("button", name="Toggle search").click()
    page.get_by_label("Would this page be found for").fill(_PANEL_QUERY)
    page.keyboard.press("Enter")
    page.get_by_text("Combined").wait_for()
    return page.screenshot()


def admin_lab(page: Page, edited: int) -> bytes:
    """The search lab: one query in three ways."""
    page.goto(f"/admin/search-index/lab/?q={_LAB_QUERY}")
    return page.screenshot()


def admin_related(page: Page, edited: int) -> bytes:
    """The panel of related pages, with one pinned and one hidden."""
    page.goto(f"/admin/pages/{edited}/edit/")
    panel = page.locator("wvs-related-pages")
    for action, kind, number in (("pin", "pinned", 1), ("pin", "pinned", 2), ("hide", "hidden", 1)):
        panel.locator(f"[data-related-action={action}]").nth(1).click()
        panel.locator(f".wvs-related__row--{kind}").nth(number - 1).wait_for()
    page.mouse.move(0, 0)
    return _around(page, page.locator("section", has=panel).last)


def admin_suggestions(page: Page, edited: int) -> bytes:
    """The page chooser for a link, with the pages nearest to what is written."""
    page.goto(f"/admin/pages/{edited}/edit/")
    page.locator(".public-DraftEditor-content").first.dblclick()
    page.keyboard.press("Control+k")
    page.locator(".modal-body").get_by_role("link", name="Suggested").click()
    page.locator(".modal-body .link-types b", has_text="Suggested").wait_for()
    return _down_to(page, page.locator(".modal-body tr:has(.choose-page)").nth(6), margin=0)


Shot = Callable[[Page, int], bytes]

#: Name of the file -> what takes the picture, given a window, and the primary key of the page that is edited.
FOR_VISITORS: dict[str, Shot] = {"search": search}
FOR_EDITORS: dict[str, Shot] = {
    "admin-report": admin_report,
    "admin-home": admin_home,
    "admin-panel": admin_panel,
    "admin-lab": admin_lab,
    "admin-related": admin_related,
    "admin-suggestions": admin_suggestions,
}
SHOTS = FOR_VISITORS | FOR_EDITORS


def _down_to(page: Page, last: Locator, margin: int = _MARGIN) -> bytes:
    """Return the window from its top down to an element."""
    box = last.bounding_box()
    width = page.viewport_size["width"] if page.viewport_size else WIDTH
    height = round(box["y"] + box["height"] + margin) if box else HEIGHT
    return page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height}, full_page=True)


def _around(page: Page, element: Locator) -> bytes:
    """Return an element with a margin."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    if not box:
        return page.screenshot()
    # Less than elsewhere: what Wagtail puts beside a panel stays out.
    margin = _MARGIN / 2
    left, top = max(box["x"] - margin, 0), max(box["y"] - margin, 0)
    right, bottom = box["x"] + box["width"] + margin, box["y"] + box["height"] + margin
    return page.screenshot(clip={"x": left, "y": top, "width": right - left, "height": bottom - top})
