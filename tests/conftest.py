"""A small site, pages to put on it, the index over it, and providers that misbehave."""

from __future__ import annotations

import itertools

import hypothesis
import pytest
from django.test import TransactionTestCase
from django.utils.text import slugify
from wagtail.models import Page, Site

from tests import kept
from tests.flushing import flush_what_was_written, remember_first_rows
from tests.testapp.models import ArticlePage
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.database.availability import forget_ready
from wagtail_vector_search.health import forget_calls, forget_degraded, forget_logged
from wagtail_vector_search.indexing.update import update_index
from wagtail_vector_search.providers import get_provider_for, reset_providers
from wagtail_vector_search.retrieval.at_once import forget_expectations
from wagtail_vector_search.retrieval.languages import forget_locales
from wagtail_vector_search.retrieval.spelling import forget_vocabularies

# No test asserts a time.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")

pytest_plugins = ["tests.markers", "tests.prepared_database", "tests.scheduling", "tests.tally"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database that every test finds: what the migrations make, with a first page that Wagtail's search knows."""
    with django_db_blocker.unblock():
        home = Page.objects.get(depth=2)
        home.title = home.draft_title = "Home"
        home.save()
        Site.objects.update(site_name="Tests")
        remember_first_rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_what_was_written)
        yield


@pytest.fixture(autouse=True)
def _fresh_process():
    """Every test starts like a process does: no provider made, no table seen, nothing counted."""
    reset_providers()
    forget_ready()
    forget_calls()
    forget_degraded()
    forget_logged()
    forget_locales()
    forget_expectations()
    forget_vocabularies()
    kept.begin_test()
    yield
    reset_providers()


@pytest.fixture(autouse=True)
def _no_search_is_under_way(monkeypatch):
    """What served before a model change is deleted without waiting for searches, unless a test is about them."""
    monkeypatch.setattr("wagtail_vector_search.indexing.pruning.SEARCH_SECONDS", -60.0)


@pytest.fixture
def home(db):
    """The page below the root that the site starts at."""
    return Page.objects.get(depth=2)


@pytest.fixture
def make_article(home):
    """Return a function that adds an article with paragraphs of text to the site."""
    numbers: itertools.count[int] | None = None

    def make(title="Article", *paragraphs, parent=None, **fields):
        nonlocal numbers
        numbers = numbers or itertools.count(ArticlePage.objects.count() + 1)  # behind those of a site that was kept
        body = [("paragraph", f"<p>{paragraph}</p>") for paragraph in paragraphs]
        slug = f"{slugify(title, allow_unicode=True)[:200] or 'article'}-{next(numbers)}"
        article = ArticlePage(title=title, slug=slug, body=body, **fields)
        return (parent or home).add_child(instance=article)

    return make


@pytest.fixture
def provider():
    """The provider that indexes and searches; counts its calls."""
    return get_provider_for(get_index_settings())


@pytest.fixture
def build_index(home):
    """Return a function that does what ``manage.py update_vector_index`` does, and returns its report."""

    def build(index_name="default", **options):
        return update_index(get_index_settings(index_name), "default", **options).report

    return build


@pytest.fixture
def configure(settings):
    """Return a function that changes keys of the default index's settings."""

    def change(**values):
        index = settings.WAGTAIL_VECTOR_SEARCH["default"]
        settings.WAGTAIL_VECTOR_SEARCH = {**settings.WAGTAIL_VECTOR_SEARCH, "default": {**index, **values}}

    return change


@pytest.fixture
def use_provider(configure):
    """Return a function that lets one of the misbehaving providers index and search, and returns it."""

    def use(name):
        configure(PROVIDER=f"tests.misbehaving.{name}")
        return get_provider_for(get_index_settings())

    return use


@pytest.fixture
def no_worker(settings):
    """No worker works on what is enqueued."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
