"""An alias is found through what is indexed of its source, where a search is about the alias and not the source."""

import pytest
from django.core.cache import cache
from wagtail.models import Locale, Page, PageViewRestriction

from tests.testapp.models import ArticlePage
from wagtail_vector_search import related_pages, visible_to
from wagtail_vector_search.curation import RelatedPages
from wagtail_vector_search.retrieval import Legs, languages, load_pages, rank_pages

pytestmark = pytest.mark.django_db

ALL_LEGS = [Legs.HYBRID, Legs.SEMANTIC, Legs.KEYWORD]
QUERY = "caretakers of the bicycles"


@pytest.fixture
def french():
    cache.clear()  # Wagtail keeps the first pages of sites in a cache
    return Locale.objects.create(language_code="fr")


@pytest.fixture
def trees(make_article, home, french, build_index):
    """A tree in English, and one in French that is made of aliases: nothing is translated yet."""
    pages = {
        "Parking": make_article("Parking", "The caretaker locks the bicycles at midnight.", category="outside"),
        "Canteen": make_article("Canteen", "Lunch is served from noon.", category="inside"),
    }
    home.copy_for_translation(french, alias=True)
    for title, page in list(pages.items()):
        pages[f"{title} in French"] = page.copy_for_translation(french, copy_parents=True, alias=True)
    build_index()
    return pages


def search(query, queryset, **options):
    return load_pages(rank_pages(query, queryset, **options), queryset)


def in_french():
    return Page.objects.filter(locale=Locale.objects.get(language_code="fr"))


@pytest.mark.parametrize("legs", ALL_LEGS)
@pytest.mark.parametrize("scan", ["exact", "walk"])
def test_a_visitor_of_the_other_tree_finds_the_alias_with_its_own_address(trees, legs, scan, request):
    if scan == "walk":
        request.getfixturevalue("walks")
    first = search(QUERY, in_french(), legs=legs)[0]
    assert (first.pk, first.locale.language_code) == (trees["Parking in French"].pk, "fr")
    assert first.url_path == trees["Parking in French"].url_path != trees["Parking"].url_path
    assert first.search_passage.text.startswith("The caretaker locks the bicycles at midnight.")


def test_the_query_is_read_in_the_language_of_the_source(trees, search_terms):
    assert "lock" in search_terms("who is locking the bicycles", in_french())  # as English stems it


@pytest.fixture
def search_terms():
    return lambda query, queryset: set(rank_pages(query, queryset).terms)


def test_where_both_are_searched_the_source_is_returned_once(trees):
    for queryset in (Page.objects.all(), Page.objects.filter(depth__gt=1), ArticlePage.objects.filter(depth__gt=1)):
        found = [page.pk for page in search(QUERY, queryset)]
        assert found[0] == trees["Parking"].pk
        assert trees["Parking in French"].pk not in found


def test_the_backends_return_it_count_it_and_explain_it(trees):
    results = in_french().search(QUERY, backend="hybrid")
    assert [page.pk for page in results][:1] == [trees["Parking in French"].pk]
    assert results.count() == len(list(results))
    assert [each.page.pk for each in results.explain()] == [page.pk for page in results]
    ordered = in_french().order_by("title").search(QUERY, order_by_relevance=False, backend="hybrid")
    assert [page.title for page in ordered] == ["Canteen", "Home", "Parking"]
    assert [page.title for page in ordered[1:2]] == ["Home"]
    specific = in_french().type(ArticlePage).specific().search(QUERY, backend="hybrid")
    assert specific[0].body == trees["Parking"].body


def test_the_alias_is_found_among_pages_of_its_type_and_by_its_fields(trees):
    inside = ArticlePage.objects.filter(locale__language_code="fr", category="inside")
    assert [page.pk for page in search("lunch bicycles", inside)] == [trees["Canteen in French"].pk]
    deferred = inside.only("title")
    assert [page.pk for page in search("lunch bicycles", deferred)] == [trees["Canteen in French"].pk]
    assert [page.pk for page in search("lunch", inside.distinct())] == [trees["Canteen in French"].pk]


def test_phrases_are_found_on_it(trees):
    assert [page.pk for page in search('"locks the bicycles"', in_french())] == [trees["Parking in French"].pk]
    assert search('"locks the lunch"', in_french()) == []


def test_an_alias_in_the_same_language_is_found_in_its_section(make_article, home, build_index):
    source = make_article("Parking", "The caretaker locks the bicycles at midnight.")
    section = make_article("Section", "Another subject.")
    mirror = source.create_alias(parent=section, update_slug="parking-again")
    build_index()
    assert [page.pk for page in search("caretaker", Page.objects.descendant_of(section))] == [mirror.pk]


@pytest.mark.parametrize("legs", ALL_LEGS)
@pytest.mark.parametrize("hiding", ["draft", "restricted", "parent", "source", "source is a draft"])
def test_an_alias_that_visitors_may_not_see_is_not_found(trees, legs, hiding):
    mirror = trees["Parking in French"]
    if hiding == "draft":
        Page.objects.filter(pk=mirror.pk).update(live=False)
    elif hiding == "source is a draft":
        trees["Parking"].unpublish()
    else:
        closed = {"restricted": mirror, "parent": mirror.get_parent(), "source": trees["Parking"]}[hiding]
        PageViewRestriction.objects.create(page=closed, restriction_type="login")
    assert mirror.pk not in [page.pk for page in search(QUERY, in_french(), legs=legs)]
    assert trees["Parking"].pk not in [page.pk for page in search(QUERY, in_french(), legs=legs)]


def test_its_source_does_not_come_to_light_where_only_the_alias_is_closed(trees):
    PageViewRestriction.objects.create(page=trees["Parking in French"].get_parent(), restriction_type="login")
    ranking = rank_pages(QUERY, in_french())
    assert ranking.pages == ranking.left_out == ()


def test_a_visitor_finds_the_alias_of_a_private_page_that_they_may_see(
    trees, configure, build_index, django_user_model
):
    class Reader:
        user = django_user_model.objects.create_user("reader")
        session: dict[str, object] = {}

    configure(PRIVATE_PAGES=True)
    PageViewRestriction.objects.create(page=trees["Parking"], restriction_type="login")
    build_index()
    mirror = trees["Parking in French"].pk
    assert mirror not in [page.pk for page in search(QUERY, in_french())]
    assert mirror in [page.pk for page in search(QUERY, visible_to(Reader, in_french()))]


def test_related_pages_of_an_alias_are_aliases_of_its_tree(trees):
    related = related_pages(trees["Parking in French"])
    assert [(page.title, page.locale.language_code) for page in related[:1]] == [("Canteen", "fr")]
    assert trees["Parking"].pk not in [page.pk for page in related]


def test_a_page_is_not_related_to_an_alias_of_its_own(make_article, home, build_index):
    source = make_article("Parking", "The caretaker locks the bicycles at midnight.")
    source.create_alias(parent=home, update_slug="parking-again")
    build_index()
    assert "Parking" not in [page.title for page in related_pages(source)]


def test_a_pinned_page_is_shown_as_its_alias_in_the_tree_of_the_page(trees):
    choice = RelatedPages(pinned=(trees["Canteen"].pk,))
    (first, *_) = related_pages(trees["Parking in French"], choice=choice)
    assert (first.pk, first.search_matched_by) == (trees["Canteen in French"].pk, ("pinned",))
    (first, *_) = related_pages(trees["Parking"], choice=choice)
    assert first.pk == trees["Canteen"].pk


def test_a_site_without_aliases_compiles_no_condition_for_them(site, monkeypatch):
    articles = ArticlePage.objects.filter(category="food")
    assert rank_pages("bread", articles).pages
    assert not rank_pages("bread", articles).with_aliases
    monkeypatch.setattr(languages, "ALIASES_KNOWN_SECONDS", -1.0)
    assert rank_pages("bread", articles).with_aliases


def test_a_search_with_aliases_costs_no_further_statement(trees, statements):
    list(in_french().search(QUERY, backend="hybrid"))
    with statements() as captured:
        list(in_french().search(QUERY, backend="hybrid"))
    assert captured.count <= 5
