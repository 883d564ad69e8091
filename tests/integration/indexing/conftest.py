"""Updates that are small enough to be looked at."""

import pytest

from wagtail_vector_search.indexing import update
from wagtail_vector_search.indexing.survey import iterate_page_ids


@pytest.fixture
def small_batches(monkeypatch):
    """Two pages in a batch, so that several are in flight."""
    monkeypatch.setattr(update, "BATCH_PAGES", 2)
    monkeypatch.setattr(update, "iterate_page_ids", lambda using: iterate_page_ids(using, 2))
