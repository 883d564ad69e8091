"""People in the admin of the demo site, on wide and narrow windows, and a check for what keeps others out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, Permission, User
from playwright.sync_api import Page
from wagtail.models import GroupPagePermission

from testproject.library.models import SectionPage
from tests.browser.conftest import log_in_as
from wagtail_vector_search.admin.permissions import REINDEX, USE_LAB, VIEW_REPORT

#: Violations as bad as these fail a test.
GRAVE = ("serious", "critical")

#: Of a window that is narrow, in pixels.
NARROW = {"width": 400, "height": 800}

#: What axe looks for: the guidelines, and what it calls best practices, as far as it finds them serious.
AXE_OPTIONS = {"resultTypes": ["violations"]}

#: What moves for long does not count, such as the sign that something is loading, and Wagtail's that something is new.
NOTHING_MOVES = """document.getAnimations().every(
    (animation) => animation.playState !== "running" || animation.effect.getComputedTiming().endTime > 5000
)"""


@pytest.fixture
def section(site) -> SectionPage:
    """The section of the demo site that those with few rights edit; they see no other."""
    return SectionPage.objects.get(slug="text")


@pytest.fixture
def few_rights_group(section) -> Group:
    """The group of those with few rights: one section, the report with its actions, and the lab."""
    group = Group.objects.create(name="Editors of one section")
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=section.page_ptr, permission=permission)
    for name in ("wagtailadmin.access_admin", VIEW_REPORT, REINDEX, USE_LAB):
        app, _, codename = name.partition(".")
        group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return group


@pytest.fixture
def log_in(new_visitor, site) -> Callable[..., Page]:
    """Return a function that opens a page for a user who has logged in to the admin."""

    def open_page(user: User, **options: Any) -> Page:
        page = new_visitor(**{"viewport": {"width": 1400, "height": 1000}, **options})
        log_in_as(user, page, site)
        return page

    return open_page


@pytest.fixture
def few_rights(log_in, few_rights_group, django_user_model) -> Page:
    """A page of an editor of one section."""
    user = django_user_model.objects.create_user("few", "few@example.com", "password")
    user.groups.add(few_rights_group)
    return log_in(user)


@pytest.fixture
def many_rights(log_in, admin_user) -> Page:
    """A page of a superuser."""
    return log_in(admin_user)


@pytest.fixture
def narrow() -> Callable[[Page], Page]:
    """Return a function that makes the window of a page narrow, and says so if anything is wider than it."""

    def resize(page: Page) -> Page:
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
        return page

    return resize


@pytest.fixture
def assert_accessible() -> Callable[..., None]:
    """Return a function that fails when axe finds something serious on a page.

    Its first argument is the page, the second the CSS selector of the part to look at; the whole page without.
    """

    def check(page: Page, within: str | None = None) -> None:
        # What fades in has no colour of its own until it is there.
        page.wait_for_function(NOTHING_MOVES)
        found = Axe().run(page, context=within, options=AXE_OPTIONS).response["violations"]
        grave = [violation for violation in found if violation["impact"] in GRAVE]
        assert not grave, "\n\n".join(map(_described, grave))

    return check


def _described(violation: dict[str, Any]) -> str:
    """Return one violation readably: what is wrong, where, and what axe has to say about each place."""
    lines = [f"{violation['impact']}: {violation['help']} ({violation['helpUrl']})"]
    for node in violation["nodes"]:
        lines.append(f"  {' '.join(map(str, node['target']))}\n    {node['html'][:300]}")
        lines += [f"    - {check['message']}" for kind in ("any", "all", "none") for check in node[kind]]
    return "\n".join(lines)
