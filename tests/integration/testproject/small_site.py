"""The demo site with a tenth of its pages, indexed with the real model: for tests that look at it from outside."""

from __future__ import annotations

from django.core.management import call_command
from wagtail.models import Locale, Page

from testproject.library.content.site import Contents, build_site
from testproject.library.pydocs.definitions import read_module
from testproject.library.pydocs.entries import entries_from_modules, entries_from_topics
from testproject.library.pydocs.themes import LANGUAGE, theme_of

MODULES = ("copy", "fnmatch", "glob", "random", "sched", "textwrap", "threading")
#: What the settings of the test suite lack of those of the demo site.
SETTINGS = {
    "ROOT_URLCONF": "testproject.urls",
    "WAGTAIL_VECTOR_SEARCH": {
        "default": {"MODEL": "wordllama", "EXCLUDE_PAGE_TYPES": ["library.HomePage", "library.SectionPage"]}
    },
    "WAGTAIL_FRONTEND_LOGIN_URL": "/login/",
}


def small_contents() -> Contents:
    """Return the manual's topics and a few modules."""
    contents: Contents = {LANGUAGE.title: entries_from_topics()}
    for entry in entries_from_modules(module for name in MODULES if (module := read_module(name))):
        contents.setdefault(theme_of(entry.name).title, []).append(entry)
    return contents


def build_small_site(contents: Contents | None = None) -> None:
    """Build and index the site, or one of other contents, on a database that other tests may have emptied."""
    Locale.objects.get_or_create(language_code="en")
    if Page.get_first_root_node() is None:
        Page.add_root(title="Root", slug="root")
    build_site(contents or small_contents())
    call_command("update_vector_index", verbosity=0)
    call_command("update_index", backend_name="default", verbosity=0)
