"""A small site to attack, built once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.cache import cache
from django.db import transaction
from wagtail.models import Locale, Page, Site

from tests.testapp.models import ArticlePage
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.indexing.update import update_index
from wagtail_vector_search.models import Generation


@contextmanager
def built(pages: Mapping[str, str], blocker) -> Iterator[Page]:
    """Put articles with these titles and paragraphs on a site, index them, and undo all of it at the end."""
    with blocker.unblock(), transaction.atomic():
        home = _home()
        for number, (title, text) in enumerate(pages.items()):
            page = ArticlePage(title=title, slug=f"page-{number}", category="food")
            page.body = [("heading", title), ("paragraph", text), ("code", text)]
            home.add_child(instance=page)
        update_index(get_index_settings(), "default")
        cache.clear()
        yield home
        transaction.set_rollback(True)
        Site.clear_site_root_paths_cache()


def retire_index() -> None:
    """Leave the index without a generation that serves, so that the keyword backend answers."""
    Generation.objects.update(state=Generation.State.RETIRED)


def _home() -> Page:
    Locale.objects.get_or_create(language_code="en")
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    home: Page = root.get_children().first() or root.add_child(instance=Page(title="Home", slug="home"))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
    return home
