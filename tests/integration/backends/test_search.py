"""The search backends behave as Wagtail's do, and hand on what has no meaning for vectors."""

from unittest import mock

import pytest
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from modelsearch.backends import get_search_backend
from modelsearch.backends.base import FieldError, FilterFieldError, OrderByFieldError
from wagtail.models import Locale, Page, PageViewRestriction
from wagtail.search import query as queries
from wagtail.users.models import UserProfile

from tests.kept import kept
from tests.testapp.models import ArticleLink, ArticlePage
from wagtail_vector_search.backends.results import VectorSearchResults
from wagtail_vector_search.models import Generation

pytestmark = pytest.mark.django_db

BACKENDS = ("hybrid", "semantic", "keyword")


@pytest.fixture
@kept
def site(make_article, build_index):
    pages = [
        make_article("Copying dictionaries", "A deep copy of a nested dictionary shares nothing.", category="code"),
        make_article("Stopping loops", "The break statement leaves the innermost loop early.", category="code"),
        make_article("Baking bread", "Flour, water and salt become bread in a hot oven.", category="food"),
        make_article("Harbour at dawn", "Boats rest in the harbour while bread bakes.", category="travel"),
    ]
    build_index()
    return {page.title: page for page in pages}


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


@pytest.fixture
def results(site, backend):
    return Page.objects.search("bread in the oven", backend=backend)


def titles(pages):
    return [page.title for page in pages]


def test_results_are_lazy_and_emulate_a_queryset(results):
    assert isinstance(results, VectorSearchResults)
    assert results.model is Page
    assert titles(results)[0] == "Baking bread"
    assert len(results) == results.count() == len(list(results))
    assert results[0].title == "Baking bread"
    assert titles(results[1:3]) == titles(results)[1:3]
    assert titles(results[1:][:1]) == titles(results)[1:2]
    assert "Baking bread" in repr(results)


def test_counts_respect_slices(results):
    assert results[:1].count() == 1
    assert results[1:].count() == results.count() - 1
    assert results[100:].count() == 0


def test_pages_of_results_neither_overlap_nor_lack_a_page(site, backend):
    paginator = Paginator(Page.objects.search("bread boats loop dictionary", backend=backend), 1)
    shown = [page.title for number in paginator.page_range for page in paginator.page(number)]
    assert len(shown) == len(set(shown)) == paginator.count


def test_two_searches_give_the_same_order(site, backend):
    first, second = (titles(Page.objects.search("bread boats", backend=backend)) for _ in range(2))
    assert first == second


def test_every_result_has_its_score_its_legs_and_its_passage(results):
    page = results[0]
    assert isinstance(page.search_score, float)
    assert set(page.search_matched_by) <= {"semantic", "keyword"}
    assert "bread" in page.search_passage.text
    assert not results.degraded
    assert results.degraded_reason == ""
    assert results.terms == ("bread", "oven")


def test_annotate_score(results):
    annotated = results.annotate_score("_score")[:2]
    assert [page._score for page in annotated] == [page.search_score for page in results[:2]]


def test_prefetch_related_and_specific_are_kept(site, backend):
    ArticleLink.objects.create(page=site["Baking bread"], label="link")
    queryset = ArticlePage.objects.prefetch_related("links")
    page = queryset.search("bread in the oven", backend=backend)[0]
    assert "links" in page._prefetched_objects_cache
    assert type(Page.objects.specific().search("bread", backend=backend)[0]) is ArticlePage


def test_facets_count_what_was_ranked(site, backend):
    results = ArticlePage.objects.search("bread in the oven", backend=backend)
    facets = results.facet("category")
    assert sum(facets.values()) == results.count()
    assert facets["food"] == 1
    assert list(facets.values()) == sorted(facets.values(), reverse=True)
    assert results[:1].facet("category") == facets


def test_facets_leave_out_what_was_hidden_meanwhile(site, backend):
    results = ArticlePage.objects.search("bread in the oven", backend=backend)
    assert results.count()
    Page.objects.filter(title="Baking bread").update(live=False)
    assert "food" not in results.facet("category")


def test_a_facet_on_another_field_says_what_to_add(site, backend):
    with pytest.raises(FilterFieldError, match=r"index\.FilterField\('internal'\) to ArticlePage\.search_fields"):
        ArticlePage.objects.search("bread", backend=backend).facet("internal")


def test_a_filter_on_a_field_that_is_no_filter_field_is_refused_as_wagtail_refuses_it(site, backend):
    with pytest.raises(FilterFieldError, match="internal"):
        ArticlePage.objects.filter(internal="").search("bread", backend=backend)


def test_a_condition_that_modelsearch_cannot_read_passes_because_it_becomes_sql(site, backend):
    linked = ArticleLink.objects.filter(page=OuterRef("pk"))
    ArticleLink.objects.create(page=site["Baking bread"], label="link")
    results = ArticlePage.objects.filter(Exists(linked)).search("bread", backend=backend)
    assert titles(results) == ["Baking bread"]


def test_operator_or_is_what_ranking_does_anyway(site, backend):
    explicit = Page.objects.search("bread in the oven", operator="or", backend=backend)
    assert titles(explicit) == titles(Page.objects.search("bread in the oven", backend=backend))
    plain = Page.objects.search(queries.PlainText("bread in the oven", operator="or"), backend=backend)
    assert titles(plain) == titles(explicit)


STRUCTURED = {
    "phrase": (queries.Phrase("hot oven"), {}),
    "and": (queries.PlainText("bread") & queries.PlainText("oven"), {}),
    "or": (queries.PlainText("oven") | queries.PlainText("loop"), {}),
    "not": (~queries.PlainText("bread") & queries.PlainText("loop"), {}),
    "plain text of all words": (queries.PlainText("bread oven"), {}),
    "match all": (queries.MATCH_ALL, {}),
    "match none": (queries.MATCH_NONE, {}),
    "operator and": ("bread oven", {"operator": "and"}),
    "fields": ("bread", {"fields": ["title"]}),
    "no fields": ("bread", {"fields": []}),
}
ORDERED = {
    "order by": ("bread", {"order_by": "-title"}),
    "order of the queryset": ("bread", {"order_by_relevance": False}),
}


@pytest.mark.parametrize(("query", "options"), STRUCTURED.values(), ids=STRUCTURED)
def test_a_query_without_meaning_for_vectors_goes_to_the_keyword_backend(site, backend, query, options):
    ours = Page.objects.order_by("-title").search(query, backend=backend, **options)
    theirs = Page.objects.order_by("-title").search(query, backend="default", **options)
    assert not isinstance(ours, VectorSearchResults)
    visible = [page for page in theirs if page.live and page.url]  # the root has no address
    assert titles(ours) == titles(visible)


def test_boost_goes_to_the_keyword_backend(site, backend):
    with pytest.warns(RuntimeWarning, match="Boost"):
        results = Page.objects.search(queries.Boost(queries.PlainText("oven"), 2.0), backend=backend)
        assert titles(results) == ["Baking bread"]


def test_fuzzy_goes_to_the_keyword_backend(site, backend):
    if not hasattr(queries, "Fuzzy"):
        pytest.skip("This version of Wagtail has no fuzzy queries.")
    with mock.patch.object(type(get_search_backend("default")), "search") as search:
        get_search_backend(backend).search(queries.Fuzzy("braed"), Page)
    assert isinstance(search.call_args.args[0], queries.Fuzzy)


def test_autocomplete_goes_to_the_keyword_backend(site, backend):
    assert titles(Page.objects.autocomplete("Bak", backend=backend)) == ["Baking bread"]
    assert titles(ArticlePage.objects.autocomplete("Sto", backend=backend, fields=["title"])) == ["Stopping loops"]


def test_models_that_are_no_pages_go_to_the_keyword_backend(backend):
    with mock.patch.object(type(get_search_backend("default")), "search") as search:
        get_search_backend(backend).search("word", UserProfile)
    assert search.call_args.args[:2] == ("word", UserProfile)


def test_fields_that_cannot_be_searched_are_refused_as_wagtail_refuses_them(site, backend):
    with pytest.raises(FieldError):
        Page.objects.search("bread", fields=["unknown"], backend=backend)


def test_what_is_handed_on_is_sorted_by_what_wagtail_can_sort_by(site, backend):
    with pytest.raises(OrderByFieldError):
        ArticlePage.objects.search("bread", operator="and", order_by="internal", backend=backend)


HIDDEN = ("draft", "restricted", "alias")


@pytest.fixture
def hide(site):
    """Return a function that hides the page about bread."""

    def hide(how):
        bread = Page.objects.filter(pk=site["Baking bread"].pk)
        if how == "draft":
            bread.update(live=False)
        elif how == "restricted":
            PageViewRestriction.objects.create(page=bread.get(), restriction_type="login")
        else:
            bread.update(alias_of=site["Stopping loops"])

    return hide


@pytest.mark.parametrize("how", HIDDEN)
@pytest.mark.parametrize(("query", "options"), [*STRUCTURED.values(), *ORDERED.values()], ids=[*STRUCTURED, *ORDERED])
def test_hidden_pages_do_not_come_back_in_another_order_or_from_the_keyword_backend_either(
    site, backend, hide, how, query, options
):
    hide(how)
    assert "Baking bread" not in titles(Page.objects.search(query, backend=backend, **options))


@pytest.mark.parametrize("how", HIDDEN)
def test_hidden_pages_do_not_complete(site, backend, hide, how):
    hide(how)
    assert titles(Page.objects.autocomplete("Bak", backend=backend)) == []


@pytest.mark.parametrize("how", HIDDEN)
def test_hidden_pages_do_not_come_back_without_an_index(site, backend, hide, how):
    Generation.objects.update(state=Generation.State.RETIRED)
    hide(how)
    results = Page.objects.search("bread in the oven", backend=backend)
    assert "Baking bread" not in titles(results)
    assert results.count() == len(titles(results))


def test_the_keyword_backend_answers_without_an_index_and_the_results_say_so(site, backend):
    Generation.objects.update(state=Generation.State.RETIRED)
    results = ArticlePage.objects.search("how do I bake purple bread?", backend=backend)
    assert (results.degraded, results.degraded_reason) == (True, "not_built")
    assert "Baking bread" in titles(results)
    assert results.count() == len(results)
    assert results[:1].count() == 1
    page = results.annotate_score("_score")[0]
    assert (page.search_matched_by, page.search_passage, page.search_score) == (("keyword",), None, None)
    assert isinstance(page._score, float)
    assert results.facet("category")["food"] == 1


def test_an_empty_query_finds_nothing(site, backend):
    results = Page.objects.search("", backend=backend)
    assert (list(results), results.count(), results.degraded) == ([], 0, False)


def test_a_filter_with_or_and_not_is_read_as_django_reads_it(site, backend):
    queryset = ArticlePage.objects.filter(Q(category="food") | ~Q(category="code"))
    assert set(titles(queryset.search("bread", backend=backend))) == {"Baking bread", "Harbour at dawn"}


def test_the_language_is_that_of_the_moment_of_the_search_not_of_the_reading(site, backend):
    from django.utils import translation

    # Of a site with pages in English only, the language is English.
    Locale.objects.create(language_code="fr")
    with translation.override("fr"):
        results = Page.objects.search("chevaux", backend=backend)
    assert results.terms == ("cheval",)
    with translation.override("fr"):
        assert Page.objects.search("chevaux", backend=backend).terms == ("cheval",)
    assert Page.objects.search("chevaux", backend=backend).terms == ("chevaux",)
