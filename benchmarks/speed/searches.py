"""Times searches as a visitor makes them: ten results, with all that a result page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wagtail.models import Page

from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.providers import get_provider_for
from wagtail_vector_search.retrieval import related_pages

from ..site.models import DocumentPage
from ..site.systems import SYSTEMS
from .timing import Timing, measure

RESULTS = 10
RELATED = 5
#: Share of the pages that a filter keeps -> the bucket that it stops before.
FILTERS: Mapping[str, int] = {"100 %": 1000, "10 %": 100, "1 %": 10, "0.1 %": 1}


def time_searches(queries: Sequence[str]) -> dict[str, Timing]:
    """Time every system on all pages, and related pages."""
    found = {name: _time_search(name, Page.objects.live(), queries) for name in SYSTEMS}
    pages = list(DocumentPage.objects.order_by("bucket", "pk")[: len(queries)])
    found["related"] = measure(lambda page: related_pages(page, limit=RELATED), pages)
    return found


def time_filtered_searches(queries: Sequence[str]) -> dict[str, dict[str, Timing]]:
    """Time every system on the pages that filters keep; by the system, then by the share kept."""
    return {
        name: {
            share: _time_search(name, DocumentPage.objects.live().filter(bucket__lt=bucket), queries)
            for share, bucket in FILTERS.items()
        }
        for name in SYSTEMS
        if name != "wagtail-or"
    }


def time_model(queries: Sequence[str]) -> float:
    """Return the median ms that embedding a query takes."""
    return measure(get_provider_for(get_index_settings()).embed_query, queries).p50


def _time_search(name: str, pages: Any, queries: Sequence[str]) -> Timing:
    return measure(lambda query: list(SYSTEMS[name].search(pages, query)[:RESULTS]), queries)
