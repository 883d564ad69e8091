"""Articles in a section that an editor may see and in one that they may not, and the lab as its users get it."""

import json

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from tests.kept import kept
from wagtail_vector_search.admin.permissions import SEARCH_AS_OTHERS, USE_LAB


@pytest.fixture
def section(section):
    return Page.objects.get(pk=section.pk)


@pytest.fixture
def _no_query_vectors():
    cache.clear()


@pytest.fixture
@kept
def articles(_no_query_vectors, make_article, section, hidden_section):
    """Three articles in the open section and two in the hidden one, by title, indexed."""
    pages = [
        make_article("Baking bread", "Flour, water and salt become bread in a hot oven.", parent=section),
        make_article("Breakfast", "Bread and butter with coffee in the morning.", parent=section),
        make_article("Harbour at dawn", "Boats rest in the harbour while the sea is rough.", parent=section),
        make_article("Hidden loaf", "Bread with zebrafish from a hot oven.", parent=hidden_section),
        make_article("Hidden baker", "A baker of bread in the oven, every morning.", parent=hidden_section),
    ]
    return {page.title: page for page in pages}


@pytest.fixture
@kept
def site(articles, build_index):
    build_index()
    return articles


@pytest.fixture
def private_site(articles, build_index, configure):
    """The same, with private pages in the index: "Breakfast" is for users who have logged in."""
    configure(PRIVATE_PAGES=True)
    PageViewRestriction.objects.create(page=articles["Breakfast"].page_ptr, restriction_type="login")
    build_index()
    return articles


@pytest.fixture
def lab_user(make_editor):
    """An editor of the open section who may use the lab."""
    return make_editor("lab", USE_LAB)


@pytest.fixture
def poser(make_editor):
    """The same, who may also search in the place of others."""
    return make_editor("poser", USE_LAB, SEARCH_AS_OTHERS)


class Lab:
    """The lab in the browser of one user."""

    def __init__(self, client):
        self.client = client

    def get(self, name="lab", **asked):
        return self.client.get(reverse(f"wagtail_vector_search:{name}"), asked)

    def page(self, q="", **asked):
        """Return the page of the lab, parsed."""
        response = self.get(q=q, **asked)
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    def titles(self, q, **asked):
        """Return the titles in each column, by the name of the column."""
        return {name: titles_in(column) for name, column in columns_of(self.page(q, **asked)).items()}

    def post(self, name, judgments):
        text = judgments if isinstance(judgments, str) else json.dumps(judgments)
        return self.client.post(reverse(f"wagtail_vector_search:{name}"), {"judgments": text})


def columns_of(page):
    """Return the columns of the lab by their names."""
    return {column["aria-labelledby"].split("-")[1]: column for column in page.select(".vs-column")}


def titles_in(column):
    return [text_of(title) for title in column.select(".vs-result__title")]


def text_of(element):
    """Return the text as an editor reads it."""
    return " ".join(element.get_text().split())


@pytest.fixture
def lab_of(log_in):
    """Return a function that opens the lab as a user."""
    return lambda user: Lab(log_in(user))


@pytest.fixture
def lab(lab_of, lab_user):
    return lab_of(lab_user)


@pytest.fixture
def statements():
    """Return a context manager that counts SQL statements; those of transactions do not count."""
    boundaries = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")

    class Statements(CaptureQueriesContext):
        def __init__(self):
            super().__init__(connection)

        @property
        def count(self):
            return sum(not query["sql"].lstrip().startswith(boundaries) for query in self.captured_queries)

    return Statements
