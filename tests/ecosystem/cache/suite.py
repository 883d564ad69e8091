"""wagtail-cache: keeps whole responses, whatever becomes of the pages in them."""

import pytest
from django.core.cache import cache
from wagtail.models import PageViewRestriction
from wagtailcache.cache import clear_cache

from tests.testapp.models import ArticlePage
from wagtail_vector_search import pages_withdrawn

pytestmark = pytest.mark.django_db(transaction=True)

QUERY = {"q": "caretaker"}
PASSAGE = "Bicycle parking: Ask the caretaker."


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def article(make_article, build_index):
    article = make_article("Bicycle parking", introduction="Ask the caretaker.")
    build_index()
    return article


def close(page):
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def unpublish(page):
    page.unpublish()


def delete(page):
    page.delete()


def move_below_closed(page):
    closed = page.get_parent().add_child(instance=ArticlePage(title="Closed", slug="closed"))
    close(closed)
    page.move(closed, pos="last-child")


HIDING = [close, unpublish, delete, move_below_closed]


@pytest.mark.parametrize("hide", HIDING)
def test_a_cached_answer_shows_a_page_that_has_been_closed_unpublished_deleted_or_moved_since(client, article, hide):
    assert PASSAGE in client.get("/search/", QUERY).content.decode()
    hide(article)
    assert client.get("/search/", QUERY)["X-Wagtail-Cache"] == "hit"
    assert PASSAGE in client.get("/search/", QUERY).content.decode()
    assert PASSAGE not in client.get("/search/", {"q": "the caretaker"}).content.decode()  # not in the cache yet


def test_a_view_with_nocache_page_shows_it_no_longer_at_once(client, article):
    assert PASSAGE in client.get("/uncached/", QUERY).content.decode()
    close(article)
    assert PASSAGE not in client.get("/uncached/", QUERY).content.decode()


@pytest.fixture
def _cleared_by_the_signal():
    """As docs/how-to/private-pages.md has it."""

    def clear(**kwargs):
        clear_cache()

    pages_withdrawn.connect(clear)
    yield
    pages_withdrawn.disconnect(clear)


@pytest.mark.usefixtures("_cleared_by_the_signal")
@pytest.mark.parametrize("hide", HIDING)
def test_a_cache_that_is_cleared_by_the_signal_shows_it_no_longer_at_once(client, article, hide):
    assert PASSAGE in client.get("/search/", QUERY).content.decode()
    hide(article)
    assert PASSAGE not in client.get("/search/", QUERY).content.decode()
