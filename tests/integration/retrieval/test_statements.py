"""What a search costs, in SQL statements and calls to the provider."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction

from tests.kept import kept
from tests.testapp.models import ArticlePage, RichTextPage
from wagtail_vector_search.ranking import constants

pytestmark = pytest.mark.django_db

MOST_STATEMENTS = 4


@pytest.fixture
@kept
def many_pages(site, home, make_article, build_index):
    for number in range(30):
        make_article(f"Bread {number}", f"Bread number {number} comes from an oven.")
        home.add_child(instance=RichTextPage(title=f"Loaf {number}", body="<p>Bread.</p>"))
    build_index()


@pytest.fixture
def many(many_pages, monkeypatch):
    monkeypatch.setattr(constants, "MIN_FEEDBACK_WEIGHT", 0.0)  # have a statement for relevance feedback
    cache.clear()
    Page.objects.search("salt", backend="hybrid").count()  # the first search of a process learns what serves


@pytest.fixture
def walk_the_index(walks, monkeypatch):
    """As few chunks as the site has are enough."""
    monkeypatch.setattr(constants, "MAX_CHUNKS", 20)


def assert_constant(statements, backend, expected):
    for queryset in (Page.objects.all(), Page.objects.live(), ArticlePage.objects.all(), ArticlePage.objects.none()):
        for size in (1, 10, 30):
            with statements() as captured:
                results = queryset.search("bread from the oven", backend=backend)
                assert len(list(results[:size])) == min(size, results.count())
                assert results.degraded is False
            assert captured.count == (expected if results.count() else 0)


@pytest.mark.parametrize(("backend", "expected"), [("hybrid", 3), ("semantic", 2), ("keyword", 2)])
def test_a_search_costs_the_same_whatever_it_returns(many, statements, backend, expected):
    assert_constant(statements, backend, expected)


@pytest.mark.parametrize(("backend", "expected"), [("hybrid", 3), ("semantic", 2), ("keyword", 2)])
def test_a_search_through_the_hnsw_index_costs_the_same_whatever_it_returns(
    many, statements, walk_the_index, backend, expected
):
    assert_constant(statements, backend, expected)


@pytest.mark.parametrize(("backend", "expected"), [("hybrid", 4), ("semantic", 3), ("keyword", 3)])
def test_an_order_of_the_querysets_own_costs_one_statement_more(many, statements, backend, expected):
    for size in (1, 10, 30):
        with statements() as captured:
            results = Page.objects.order_by("-title").search(
                "bread from the oven", order_by_relevance=False, backend=backend
            )
            assert len(list(results[:size])) == size
            assert results.count() > 30
        assert captured.count == expected
    with statements() as captured:
        assert len(list(results[30:40])) == 10
    assert captured.count == 1


def test_candidates_are_scanned_in_place_of_feedback_where_the_index_gives_up(
    many, statements, walk_the_index, monkeypatch
):
    monkeypatch.setattr(constants, "MAX_CHUNKS", 1000)
    with statements() as captured:
        assert len(list(Page.objects.search("bread from the oven", backend="hybrid")[:10])) == 10
    assert captured.count == 3


def test_a_misspelt_word_costs_one_more_once_the_vocabulary_is_read(many, statements):
    list(Page.objects.search("braed", backend="hybrid")[:1])
    with statements() as captured:
        results = Page.objects.search("bread from the ovven", backend="hybrid")
        assert len(list(results[:10])) == 10
    assert results.corrected_query == "bread from the oven"
    assert captured.count == MOST_STATEMENTS


def test_restrictions_cost_no_statement(many, statements):
    for page in ArticlePage.objects.all()[:10]:
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    with statements() as captured:
        list(Page.objects.search("bread", backend="hybrid")[:10])
    assert captured.count <= MOST_STATEMENTS


def test_a_second_page_of_results_embeds_nothing_and_runs_no_leg(many, statements, provider):
    results = Page.objects.search("bread from the oven", backend="hybrid")
    first = list(results[:10])
    provider.reset()
    cache.clear()
    with statements() as captured:
        second = list(results[10:20])
    assert (captured.count, provider.calls) == (1, 0)
    assert len({page.pk for page in first + second}) == 20


def test_counting_and_slicing_share_one_ranking_with_everything_else(many, statements, provider):
    provider.reset()
    cache.clear()
    results = Page.objects.search("bread from the oven", backend="hybrid")
    with statements() as captured:
        assert results.count() == results[:1000].count() > 60
        assert not results.degraded
    assert (captured.count, provider.calls) == (2, 1)


def test_a_search_costs_one_call_to_the_provider(many, provider):
    provider.reset()
    cache.clear()
    list(Page.objects.search("bread from the oven", backend="hybrid"))
    assert provider.texts == ["bread from the oven"]


def test_nothing_is_left_behind_in_the_session(many, walk_the_index):
    """Behind a pooling proxy the next statement may be that of another client."""
    with CaptureQueriesContext(connection) as captured:
        list(Page.objects.search("bread", backend="semantic"))
    (walk,) = [query["sql"] for query in captured.captured_queries if "hnsw.iterative_scan" in query["sql"]]
    another = connection.copy()
    try:
        with another.cursor() as cursor:
            cursor.execute(walk)
            cursor.execute("SELECT current_setting('hnsw.iterative_scan'), current_setting('hnsw.ef_search')")
            assert cursor.fetchone() == ("off", "40")
    finally:
        another.close()
