"""Results in an order other than relevance: the same pages, sorted by the database."""

import datetime

import pytest
from django.core.paginator import Paginator
from django.db.models import Count, F

from tests.kept import kept
from tests.recipes.models import Category, RecipePage
from wagtail_vector_search.backends.results import VectorSearchResults
from wagtail_vector_search.models import Generation
from wagtail_vector_search.ranking import constants

pytestmark = pytest.mark.django_db

QUERY = "soup with bread"


@pytest.fixture
@kept
def site(home, build_index):
    """Eight soups, less and less about bread, cooked on four days in an order that has nothing to do with it."""
    first, second = Category.objects.create(name="First"), Category.objects.create(name="Second")
    for number, (day, words) in enumerate(zip((3, 1, 4, 2, 2, 4, 1, 3), range(8), strict=True)):
        body = [("paragraph", "Soup with bread. " + "Carrots and leeks boil. " * words)]
        fields = {"cooked_on": datetime.date(2026, 1, day), "categories": [first, second] if number % 2 else []}
        home.add_child(instance=RecipePage(title=f"Soup {number}", slug=f"soup-{number}", body=body, **fields))
    home.add_child(instance=RecipePage(title="Sailing", slug="sailing", cooked_on=datetime.date(2026, 1, 5)))
    build_index()


@pytest.fixture(params=["hybrid", "semantic", "keyword"])
def backend(request):
    return request.param


def titles(results):
    return [page.title for page in results]


ORDERS = {
    "newest first": lambda pages: pages.order_by("-cooked_on", "title"),
    "oldest first": lambda pages: pages.order_by("cooked_on", "-title"),
    "an expression": lambda pages: pages.order_by(F("cooked_on").desc(nulls_last=True), "title"),
    "an annotation": lambda pages: pages.annotate(size=Count("categories")).order_by("-size", "cooked_on", "title"),
    "the other way round": lambda pages: pages.order_by("cooked_on", "title").reverse(),
    "the tree": lambda pages: pages,
    "distinct pages": lambda pages: pages.filter(categories__isnull=False).distinct().order_by("-cooked_on", "title"),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
def test_the_pages_are_those_of_the_ranking_in_the_order_of_the_queryset(site, backend, order):
    pages = order(RecipePage.objects.all())
    by_relevance = pages.search(QUERY, backend=backend)
    results = pages.search(QUERY, order_by_relevance=False, backend=backend)
    assert isinstance(results, VectorSearchResults)
    assert titles(results) == [title for title in titles(pages) if title in titles(by_relevance)]
    assert results.count() == by_relevance.count() > 1
    assert results.facet("categories") == by_relevance.facet("categories")


def test_order_by_is_the_same_in_one_argument(site, backend):
    expected = titles(
        RecipePage.objects.order_by("-cooked_on").search(QUERY, order_by_relevance=False, backend=backend)
    )
    assert titles(RecipePage.objects.search(QUERY, order_by="-cooked_on", backend=backend)) == expected


def test_what_the_cut_off_or_the_pool_leaves_out_stays_left_out(site, monkeypatch):
    monkeypatch.setattr(constants, "TOP", 3)
    best = RecipePage.objects.search(QUERY, backend="keyword")
    newest = RecipePage.objects.search(QUERY, order_by="-cooked_on", backend="keyword")
    assert best.count() == newest.count() == 3
    assert set(titles(newest)) == set(titles(best))
    assert titles(newest) == ["Soup 2", "Soup 0", "Soup 1"]


def test_every_result_keeps_its_score_its_passage_and_its_explanation(site):
    described = {
        page.title: (page.search_score, page.search_passage)
        for page in RecipePage.objects.search(QUERY, backend="hybrid")
    }
    results = RecipePage.objects.search(QUERY, order_by="-cooked_on", backend="hybrid")
    for page in results:
        assert (page.search_score, page.search_passage) == described[page.title]
    explained = results[2:4].explain()
    assert [(found.rank, found.page.title) for found in explained] == list(enumerate(titles(results), start=1))[2:4]


def test_pages_that_are_equal_stand_in_the_order_of_their_keys_on_every_page_of_results(site, backend):
    results = RecipePage.objects.search(QUERY, order_by="cooked_on", backend=backend)
    paginator = Paginator(results, 3)
    shown = [page for number in paginator.page_range for page in paginator.page(number)]
    assert titles(shown) == titles(results)
    assert [(page.cooked_on, page.pk) for page in shown] == sorted((page.cooked_on, page.pk) for page in shown)


def test_a_queryset_without_an_order_brings_the_newest_page_first(site, backend):
    results = RecipePage.objects.order_by().search(QUERY, order_by_relevance=False, backend=backend)
    keys = [page.pk for page in results]
    assert keys == sorted(keys, reverse=True)


def test_an_order_over_a_relation_to_many_brings_each_page_once(site, backend):
    results = RecipePage.objects.order_by("categories__name").search(QUERY, order_by_relevance=False, backend=backend)
    assert len(titles(results)) == len(set(titles(results))) == results.count()


def test_a_filter_and_an_order_go_together(site, backend):
    pages = RecipePage.objects.filter(categories__in=Category.objects.all()).order_by("-cooked_on")
    assert titles(pages.search(QUERY, order_by_relevance=False, backend=backend)) == [
        "Soup 5",
        "Soup 7",
        "Soup 3",
        "Soup 1",
    ]


def test_the_keyword_backend_keeps_the_order_while_the_index_cannot_answer(site, backend):
    Generation.objects.update(state=Generation.State.RETIRED)
    results = RecipePage.objects.order_by("-title").search(QUERY, order_by_relevance=False, backend=backend)
    assert results.degraded
    assert titles(results) == [f"Soup {number}" for number in range(7, -1, -1)]


def test_the_keyword_backend_ranks_where_it_cannot_sort(site, backend):
    Generation.objects.update(state=Generation.State.RETIRED)
    by_relevance = RecipePage.objects.search(QUERY, backend=backend)
    assert titles(RecipePage.objects.search(QUERY, order_by="cooked_on", backend=backend)) == titles(by_relevance)
