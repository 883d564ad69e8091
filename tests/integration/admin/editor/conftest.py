"""A small section with articles in the index, and what its editor is shown about them."""

from __future__ import annotations

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

HARBOUR = "Boats rest in the harbour while the sea is rough. Fishermen mend their nets and wait for calmer water."
BREAD = "Flour, water and salt become bread in a hot oven. A baker kneads the dough before dawn."


@pytest.fixture
def harbour(make_article, section):
    """An article that the editor may edit."""
    return make_article("Harbour at dawn", HARBOUR, parent=section)


@pytest.fixture
def bread(make_article, section):
    """Another one."""
    return make_article("Baking bread", BREAD, parent=section)


@pytest.fixture
def editor(few_rights, log_in):
    """The browser of an editor of one section."""
    return log_in(few_rights)


@pytest.fixture
def show(editor):
    """Return a function that returns what the panel shows of a page; ``html=True`` with the markup."""

    def get(page, name="page", *, client=None, html=False, method="get", **data):
        url = reverse(f"wagtail_vector_search:editor_{name}", args=[page.pk])
        response = getattr(client or editor, method)(url, data)
        assert response.status_code == 200, response
        text = response.content.decode()
        return text if html else " ".join(unescape(strip_tags(text)).split())

    return get


@pytest.fixture
def ask(show):
    """Return a function that asks whether a page would be found; with ``draft=True`` about its draft."""

    def get(page, query, *, draft=False, **options):
        name, method = ("draft_question", "post") if draft else ("question", "get")
        return show(page, name, method=method, query=query, **options)

    return get


@pytest.fixture
def statements():
    """Return a context manager that collects SQL statements."""
    return lambda: CaptureQueriesContext(connection)


@pytest.fixture
def edit():
    """Return a function that saves a draft of an article with other text, and leaves the published page alone."""

    def save(page, *paragraphs, **fields):
        draft = page.get_latest_revision_as_object()
        if paragraphs:
            draft.body = [("paragraph", f"<p>{paragraph}</p>") for paragraph in paragraphs]
        for name, value in fields.items():
            setattr(draft, name, value)
        draft.save_revision()
        page.refresh_from_db()
        return page

    return save
