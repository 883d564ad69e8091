"""A small site on four subjects, and ways to look at what a search does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from tests.kept import kept
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.retrieval import load_pages, rank_pages

TRANSACTION_STATEMENTS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture
@kept
def articles(make_article):
    """Articles by title, not yet indexed."""
    pages = [
        make_article("Copying dictionaries", "A deep copy of a nested dictionary shares nothing.", category="code"),
        make_article("Stopping loops", "The break statement leaves the innermost loop early.", category="code"),
        make_article("Baking bread", "Flour, water and salt become bread in a hot oven.", category="food"),
        make_article("Harbour at dawn", "Boats rest in the harbour while the sea is rough.", category="travel"),
    ]
    return {page.title: page for page in pages}


@pytest.fixture
@kept
def site(articles, build_index):
    """Articles by title, indexed."""
    build_index()
    return articles


@pytest.fixture
def walks(monkeypatch):
    """Count every number of candidates as many, so that the HNSW index is walked however small the site."""
    monkeypatch.setattr(constants, "EXACT_SCAN_AT_LEAST", 0)
    monkeypatch.setattr(constants, "EXACT_SCAN_PER_ROOT", 0)


@pytest.fixture
def search():
    """Return a function that searches and returns pages."""

    def run(query, queryset=None, **options):
        queryset = Page.objects.all() if queryset is None else queryset
        return load_pages(rank_pages(query, queryset, **options), queryset)

    return run


@pytest.fixture
def titles(search):
    """Return a function that searches and returns titles."""
    return lambda *args, **options: [page.title for page in search(*args, **options)]


@pytest.fixture
def statements():
    """Return a context manager that collects SQL statements; those of transactions do not count."""

    class Statements(CaptureQueriesContext):
        def __init__(self):
            super().__init__(connection)

        @property
        def texts(self):
            texts = [query["sql"].lstrip() for query in self.captured_queries]
            return [text for text in texts if not text.startswith(TRANSACTION_STATEMENTS)]

        @property
        def count(self):
            return len(self.texts)

    return Statements
