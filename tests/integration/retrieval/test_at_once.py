"""The legs run in the first statement of a search where the process knows what serves: nothing else changes."""

import pytest
from django.core.cache import cache
from wagtail.models import Locale, Page, PageViewRestriction

from tests.testapp.models import ArticlePage
from wagtail_vector_search.models import Generation, TermFrequency
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.retrieval import Legs, at_once, rank_pages
from wagtail_vector_search.retrieval.at_once import forget_expectations
from wagtail_vector_search.retrieval.spelling import correction
from wagtail_vector_search.retrieval.spelling.reading import Found

pytestmark = pytest.mark.django_db

QUERIES = [
    "bread",
    "The boats rest in the harbour",
    "boats boats bread",
    "e-mail or StreamField of the harbour",
    "stream field",
    "Baking bread",
    "the",
    "zeppelin bread",
    "zeppelin",
    "été harbour d'oven",
    "dictoinary bread",
]


@pytest.fixture
def library(site, make_article, build_index):
    make_article("E-mail", "A StreamField, an e-mail and the mail; boats, too.")
    for number in range(12):
        make_article(f"Harbour {number}", "A harbour with boats, and bread from an oven. " + "The sea. " * number)
    build_index()
    return site


def compare(query, queryset, legs):
    """Return a ranking by statements of their own, and one whose first statement runs the legs."""
    found = []
    for forget in (True, False):
        cache.clear()
        if forget:
            forget_expectations()
        ranking = rank_pages(query, queryset, legs=legs)
        found.append((ranking.pages, ranking.left_out, ranking.corrected_query, ranking.degraded_reason))
    return found


@pytest.mark.parametrize("legs", [Legs.HYBRID, Legs.KEYWORD, Legs.SEMANTIC], ids=str)
@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("how", ["few", "many", "half", "rare terms"])
def test_the_first_statement_finds_what_statements_of_their_own_find(library, monkeypatch, query, legs, how):
    if how != "few":
        monkeypatch.setattr(constants, "EXACT_SCAN_AT_LEAST", 8 if how == "half" else 0)
        monkeypatch.setattr(constants, "EXACT_SCAN_PER_ROOT", 0)
    if how == "rare terms":
        monkeypatch.setattr(constants, "MAX_SCORED", 3)
        monkeypatch.setattr(constants, "MIN_CANDIDATES_SCORED", 2)
    for queryset in (Page.objects.all(), ArticlePage.objects.filter(title__contains="a")):
        apart, together = compare(query, queryset, legs)
        assert together == apart


def test_a_query_is_read_in_all_languages_of_the_site(library, make_article, build_index):
    french = Locale.objects.create(language_code="fr")
    make_article("Bateaux", "Les bateaux rentrent au port.", locale=french)
    build_index()
    rank_pages("sea", Page.objects.all())
    apart, together = compare("les bateaux of the harbour", Page.objects.all(), Legs.HYBRID)
    assert together == apart


def test_the_legs_cost_no_statement_of_their_own(library, statements):
    rank_pages("sea", Page.objects.all(), legs=Legs.KEYWORD)
    with statements() as captured:
        assert rank_pages("boats", Page.objects.all(), legs=Legs.KEYWORD).pages
    assert captured.count == 1


def test_candidates_of_a_large_site_that_may_be_few_are_counted_before_the_legs_run(library, statements, monkeypatch):
    """PostgreSQL would compile a statement with a scan of so many."""

    def count(queryset):
        rank_pages("sea", queryset, legs=Legs.KEYWORD)
        with statements() as captured:
            assert rank_pages("boats", queryset, legs=Legs.KEYWORD).pages
        return captured.count

    filtered = ArticlePage.objects.filter(title__contains="a")
    assert count(filtered) == 1
    monkeypatch.setattr(at_once, "MOST_SCANNED", 100)
    assert count(filtered) == 2
    monkeypatch.setattr(constants, "EXACT_SCAN_AT_LEAST", 1)
    monkeypatch.setattr(constants, "EXACT_SCAN_PER_ROOT", 0)
    monkeypatch.setattr(at_once, "MOST_SCANNED", 0)
    assert count(Page.objects.all()) == 1
    assert count(filtered) == 2


def test_another_generation_is_searched_as_soon_as_it_serves(library, build_index, statements):
    before = rank_pages("boats in the harbour", Page.objects.all())
    build_index(rebuild=True)
    assert Generation.objects.filter(state="active").count() == 1
    after = rank_pages("boats in the harbour", Page.objects.all())
    assert [page.page_id for page in after.pages] == [page.page_id for page in before.pages]
    assert after.details
    assert after.details.generation.id == Generation.objects.get(state="active").pk


def test_a_page_closed_since_the_last_search_is_not_found(library):
    bread = library["Baking bread"]
    assert bread.pk in {page.page_id for page in rank_pages("bread", Page.objects.all()).pages}
    PageViewRestriction.objects.bulk_create([PageViewRestriction(page=bread, restriction_type="login")])  # no signal
    for legs in (Legs.HYBRID, Legs.KEYWORD, Legs.SEMANTIC):
        assert bread.pk not in {page.page_id for page in rank_pages("bread", Page.objects.all(), legs=legs).pages}


def test_frequencies_are_those_of_the_moment(library):
    rank_pages("sea", Page.objects.all())
    generation = Generation.objects.get()
    TermFrequency.objects.create(generation=generation, term="boat", document_frequency=100)
    apart, together = compare("boats bread", Page.objects.all(), Legs.KEYWORD)
    assert together == apart


def test_a_word_that_turns_out_not_to_be_the_likeliest_costs_a_statement_and_no_result(
    library, statements, monkeypatch
):
    rank_pages("harbuor", Page.objects.all(), legs=Legs.KEYWORD)
    with statements() as captured:
        expected = rank_pages("dictoinary", Page.objects.all(), legs=Legs.KEYWORD)
    assert captured.count == 2

    choose_likeliest = correction._choose_likeliest

    def choose_another(readings, vocabulary):
        return {word: Found("", ("bread",), {"bread": 1}) for word in choose_likeliest(readings, vocabulary)}

    monkeypatch.setattr(correction, "_choose_likeliest", choose_another)
    with statements() as captured:
        assert rank_pages("dictoinary", Page.objects.all(), legs=Legs.KEYWORD).pages == expected.pages
    assert captured.count == 3
