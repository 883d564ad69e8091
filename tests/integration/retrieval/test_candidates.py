"""The pages that a search may return: found out once a search, and never remembered from one search to the next."""

import pytest
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import ArticlePage
from wagtail_vector_search.models import Generation
from wagtail_vector_search.ranking import constants, formulas
from wagtail_vector_search.retrieval import Legs, rank_pages, related_pages
from wagtail_vector_search.retrieval.candidates import find_candidates

pytestmark = pytest.mark.django_db


def the_walk(statements):
    (walk,) = [text for text in statements.texts if "hnsw.ef_search" in text]
    return walk


@pytest.mark.parametrize("queryset", [Page.objects.all(), Page.objects.live(), Page.objects.live().order_by("title")])
def test_candidates_of_a_whole_site_are_compiled_once(queryset):
    assert find_candidates(queryset) is find_candidates(Page.objects.all())


@pytest.mark.parametrize(
    "queryset",
    [
        Page.objects.filter(alias_of__live=True),
        Page.objects.not_live(),
        Page.objects.exclude(live=True),
        Page.objects.filter(live=True, locale=1),
        Page.objects.extra(where=["depth > 1"]),
        Page.objects.filter(live=True) ^ Page.objects.filter(live=True),
        ArticlePage.objects.live(),
    ],
)
def test_any_condition_makes_other_candidates(queryset):
    assert find_candidates(queryset) != find_candidates(Page.objects.all())


def test_a_slice_of_a_whole_site_is_refused():
    with pytest.raises(TypeError):
        find_candidates(Page.objects.all()[:3])


def test_pages_published_since_the_last_count_are_found_on_a_site_that_was_empty(make_article, titles, build_index):
    make_article("Baking bread")
    build_index()
    Generation.objects.update(page_count=0)
    assert "Baking bread" in titles("bread")


def test_which_pages_are_closed_is_found_out_by_the_first_statement_and_checked_again_by_the_last(site, statements):
    with statements() as captured:
        list(Page.objects.search("bread", backend="hybrid")[:10])
    first, *legs, last = captured.texts
    assert [("RECURSIVE" in text) for text in (first, *legs, last)] == [True, *[False] * len(legs), True]


@pytest.mark.parametrize("queryset", [Page.objects.all(), ArticlePage.objects.all()])
def test_a_page_closed_a_moment_ago_is_left_out_by_both_legs(site, walks, queryset):
    def found():
        return {page.page_id for page in rank_pages("flour and salt in a hot oven", queryset).pages}

    bread = site["Baking bread"]
    assert bread.pk in found()
    PageViewRestriction.objects.bulk_create([PageViewRestriction(page=bread, restriction_type="login")])  # no signal
    assert bread.pk not in found()
    PageViewRestriction.objects.all()._raw_delete("default")
    assert bread.pk in found()


def test_chunks_are_checked_one_by_one_only_where_pages_are_closed(site, walks, statements):
    """Else pages are, which are fewer."""

    def walk():
        rank_pages("bread", Page.objects.all(), legs=Legs.SEMANTIC)  # learns whether pages are closed
        with statements() as captured:
            rank_pages("bread", Page.objects.all(), legs=Legs.SEMANTIC)
        return the_walk(captured)

    late = walk()
    PageViewRestriction.objects.create(page=site["Baking bread"], restriction_type="login")
    early = walk()
    assert early.index("LIMIT 1) IS NOT NULL") < early.index("GROUP BY page_id") < late.index("LIMIT 1) IS NOT NULL")


def test_a_page_expired_just_now_sends_no_search_to_every_page(
    site, make_article, build_index, walks, monkeypatch, statements
):
    """The walk still yields as many chunks as were asked for, though one of them is left out."""
    for number in range(10):
        make_article(f"Bread {number}", "Bread comes from a hot oven.")
    build_index()
    monkeypatch.setattr(constants, "MAX_CHUNKS", 10)
    bread = site["Baking bread"]
    query = "Flour, water and salt become bread in a hot oven."
    with statements() as captured:
        before = rank_pages(query, Page.objects.all(), legs=Legs.SEMANTIC).pages
        Page.objects.filter(pk=bread.pk).update(expire_at=timezone.now())
        after = rank_pages(query, Page.objects.all(), legs=Legs.SEMANTIC).pages
    assert {page.page_id for page in before} - {page.page_id for page in after} == {bread.pk}
    assert not [text for text in captured.texts if "min((chunk.embedding" in text]


def test_the_pages_around_a_page_are_found_by_a_narrow_walk(site, walks, statements):
    with statements() as captured:
        related_pages(site["Baking bread"], limit=2)
    assert "set_config('hnsw.ef_search', '60', true)" in the_walk(captured)
    assert "RECURSIVE" not in the_walk(captured)
    assert formulas.breadth_around_page(5) > formulas.chunks_for(5) > 5
