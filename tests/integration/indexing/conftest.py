"""Updates that are small enough to be looked at."""

import pytest

from wagtail_vector_search.indexing import limits


@pytest.fixture
def small_batches(monkeypatch):
    """Two pages in a batch, so that several are in flight."""
    monkeypatch.setattr(limits, "BATCH_PAGES", 2)
