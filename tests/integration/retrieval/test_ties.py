"""Of pages that are equally good the one that was published last comes first."""

from datetime import UTC, datetime

import pytest
from wagtail.models import Page

from wagtail_vector_search.retrieval import Legs, rank_pages, related_pages

pytestmark = pytest.mark.django_db

YEARS = (2019, 2017, 2016, 2018, 2021, 2020, 2023, 2022)


@pytest.fixture
def editions(site, make_article, build_index):
    """The same page of eight years, in no order."""
    pages = {year: make_article("Council tax bands", "What each band pays in council tax.") for year in YEARS}
    for year, page in pages.items():
        Page.objects.filter(pk=page.pk).update(last_published_at=datetime(year, 4, 1, tzinfo=UTC))
    build_index()
    return {page.pk: year for year, page in pages.items()}


@pytest.mark.parametrize("legs", [Legs.HYBRID, Legs.SEMANTIC, Legs.KEYWORD])
@pytest.mark.parametrize("scan", ["exact", "walk"])
@pytest.mark.parametrize("query", ["council tax bands", "what does each band pay"])
def test_the_newest_edition_comes_first(editions, legs, scan, query, request):
    if scan == "walk":
        request.getfixturevalue("walks")
    ranking = rank_pages(query, Page.objects.all(), legs=legs)
    found = [editions[page.page_id] for page in ranking.pages if page.page_id in editions]
    assert found == sorted(YEARS, reverse=True)


def test_a_page_that_was_never_published_comes_last_and_others_by_their_key(editions):
    Page.objects.filter(pk__in=editions).update(last_published_at=None)
    newest = next(page_id for page_id, year in editions.items() if year == 2016)
    Page.objects.filter(pk=newest).update(last_published_at=datetime(1999, 1, 1, tzinfo=UTC))
    ranking = rank_pages("council tax bands", Page.objects.all())
    found = [page.page_id for page in ranking.pages if page.page_id in editions]
    assert found == [newest, *sorted(editions.keys() - {newest})]


def test_related_pages_that_are_equally_near_come_newest_first(editions, site):
    found = [editions[page.pk] for page in related_pages(site["Baking bread"], limit=20) if page.pk in editions]
    assert found == sorted(YEARS, reverse=True)
