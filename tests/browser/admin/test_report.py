"""The report on the search index and the panel on the home page, as people in the admin use them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from wagtail_vector_search.models import Entry

from .keyboard import tab_to

REPORT = "/admin/search-index/report/"


@pytest.fixture
def failures(section) -> list[str]:
    """Titles of three pages of the section that failed; another one failed in another section."""
    states = Entry.objects.filter(state="indexed").select_related("page")
    inside = list(states.filter(page__path__startswith=section.path, page__depth__gt=section.depth)[:3])
    outside = states.exclude(page__path__startswith=section.path).first()
    assert outside
    failed = Entry.objects.filter(pk__in=[state.pk for state in (*inside, outside)])
    failed.update(state="failed", attempts=8, last_error="ProviderConfigurationError: HTTP 401, invalid api key")
    return [state.page.title for state in inside]


def test_an_editor_with_few_rights_is_led_from_the_home_page_to_failed_pages(few_rights, failures, assert_accessible):
    few_rights.goto("/admin/")
    panel = few_rights.locator("#search-attention-section")
    expect(panel).to_contain_text("Search could not read 3 pages.")
    assert_accessible(few_rights)
    panel.get_by_role("link", name="Show these pages").click()
    titles = few_rights.locator("table.listing tbody .title a")
    expect(titles).to_have_count(3)
    assert set(titles.all_inner_texts()) == set(failures)
    few_rights.get_by_text("For developers").first.click()
    expect(few_rights.get_by_text("HTTP 401, invalid api key").first).to_be_visible()
    assert_accessible(few_rights)
    few_rights.get_by_role("button", name="Index all 3 failed pages again").click()
    expect(few_rights.locator(".messages")).to_contain_text("3 pages are being indexed again")
    expect(few_rights.locator("table.listing")).to_have_count(0)


def test_the_report_follows_its_search_field_without_a_new_page(many_rights, failures, assert_accessible):
    many_rights.goto(REPORT)
    many_rights.evaluate("window.hasStayed = true")
    many_rights.locator("[data-search-form] input[name=q]").fill(failures[0])
    titles = many_rights.locator("table.listing tbody .title a")
    expect(titles.first).to_have_text(failures[0])
    expect(many_rights).to_have_url(re.compile("q="))
    assert many_rights.evaluate("window.hasStayed")
    many_rights.get_by_role("link", name=re.compile("^Failed")).click()
    expect(titles).to_have_count(4)
    assert_accessible(many_rights)
    many_rights.get_by_label("Select all pages shown").check()
    expect(many_rights.locator("input[name=page]:checked")).to_have_count(4)
    many_rights.get_by_role("button", name="Index selected pages again").click()
    expect(many_rights.locator(".messages")).to_contain_text("4 pages are being indexed again")
    expect(many_rights).to_have_url(re.compile("state=failed"))


def test_the_report_works_by_keyboard(few_rights, failures):
    few_rights.goto(f"{REPORT}?state=failed")
    tab_to(few_rights, "input[name=page]", most=150)
    few_rights.keyboard.press("Space")
    expect(few_rights.locator("input[name=page]:checked")).to_have_count(1)
    tab_to(few_rights, "summary", most=150)
    few_rights.keyboard.press("Enter")
    expect(few_rights.locator("details[open]").first).to_contain_text("HTTP 401")
    tab_to(few_rights, "form[data-controller=w-bulk] > div > button", most=150)
    few_rights.keyboard.press("Enter")
    expect(few_rights.locator(".messages")).to_contain_text("1 page is being indexed again")


def test_the_report_fits_a_narrow_window(few_rights, failures, narrow, assert_accessible):
    narrow(few_rights)
    few_rights.goto("/admin/")
    expect(few_rights.locator("#search-attention-section")).to_be_visible()
    narrow(few_rights)
    few_rights.goto(REPORT)
    narrow(few_rights)
    assert_accessible(few_rights)
    button = few_rights.get_by_role("button", name="Index again").first
    button.scroll_into_view_if_needed()
    button.click()
    expect(few_rights.locator(".messages")).to_contain_text("1 page is being indexed again")
