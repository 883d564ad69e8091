"""Updates in batches that are small enough to observe."""

import pytest

from wagtail_vector_search.indexing import limits


@pytest.fixture
def small_batches(monkeypatch):
    """Two pages in a batch, so that several are in flight."""
    monkeypatch.setattr(limits, "BATCH_PAGES", 2)
