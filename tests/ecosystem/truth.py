"""What every suite asks: which pages a visitor finds, and whether the index is what a fresh build would give."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page

from tests.faults.snapshots import assert_index_equals_one_built_from_scratch
from wagtail_vector_search.status import get_status


def found(query: str, *, backend: str = "keyword", **filters: Any) -> list[Any]:
    """Return the keys of the pages that a search finds, best first."""
    pages = Page.objects.live().filter(**filters)
    return [page.pk for page in pages.search(query, backend=backend)]


def assert_index_tells_the_truth(index_name: str = "default") -> None:
    """See that the index equals one built from scratch, and that the status says so."""
    assert_index_equals_one_built_from_scratch(index_name)
    assert get_status().problems == []
