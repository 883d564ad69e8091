"""A real Chromium on the demo site."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from testproject.chromium import CHROMIUM, FLAGS
from tests.integration.testproject.small_site import SETTINGS, build_small_site
from tests.prepared_database import connected_to, copy_database, drop_database
from wagtail_vector_search.database.availability import forget_ready


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip everything in this folder without a browser, unless that would hide something."""
    reason = "no Chromium found: the browser tests need Debian's package chromium"
    for item in items:
        is_here = item.path.is_relative_to(Path(__file__).parent)
        if is_here and CHROMIUM is None and not os.environ.get("REQUIRE_BROWSER"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser(django_db_setup) -> Iterator[Browser]:
    """A browser; it comes after the test database, which cannot be made while Playwright's event loop runs."""
    assert CHROMIUM, "REQUIRE_BROWSER is set, but there is no Chromium"
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, so Django takes all code here for asynchronous.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_database(browser, django_db_blocker) -> Iterator[str]:
    """A database with the demo site, with a tenth of its pages, for every test to copy."""
    name = f"{connection.settings_dict['NAME']}_demo"
    with django_db_blocker.unblock():
        copy_database(connection.settings_dict["TEST"]["TEMPLATE"], name)
        # Not longer: tests that run in this process later have other settings.
        with override_settings(**SETTINGS), connected_to(name):
            build_small_site()
        yield name
        drop_database(name)


@pytest.fixture
def site(demo_database, transactional_db, live_server, settings) -> Iterator[str]:
    """The address of the demo site; what a test does to it is lost."""
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    copy = f"{demo_database}_copy"
    copy_database(demo_database, copy)
    _forget()
    with connected_to(copy):
        yield live_server.url
    drop_database(copy)
    _forget()


def _forget() -> None:
    """Forget what was read from another database."""
    forget_ready()
    ContentType.objects.clear_cache()
    cache.clear()


@pytest.fixture
def new_visitor(browser, site):
    """Return a function that opens a page for a visitor without cookies, who sees the site at its address."""
    contexts: list[BrowserContext] = []

    def open_page(**options: object) -> Page:
        context = browser.new_context(base_url=site, locale="en", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(new_visitor) -> Page:
    """A page of a visitor."""
    return new_visitor()


def log_in_as(user: User, page: Page, site: str) -> None:
    """Log a user in without the form, which would take two pages of the admin."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])


@pytest.fixture
def editor(new_visitor, admin_user, site) -> Page:
    """A page of a user of the admin."""
    page = new_visitor(viewport={"width": 1400, "height": 1000})
    log_in_as(admin_user, page, site)
    return page
