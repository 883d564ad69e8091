"""Filters and facets over relations that ``search_fields`` declares, and over those that it does not."""

import pytest
from django.db.models import Q
from modelsearch.backends.base import FilterFieldError
from taggit.models import Tag
from wagtail.search import query as queries

from tests.kept import kept
from tests.recipes.models import Author, Category, Country, RecipePage, Step
from wagtail_vector_search.models import Generation

pytestmark = pytest.mark.django_db

RANKED = "soup with bread"
#: Backend, query, options, and whether the index is built: ranked by each backend, without an index, and handed on.
WAYS = {
    "hybrid": ("hybrid", RANKED, {}, True),
    "semantic": ("semantic", RANKED, {}, True),
    "keyword": ("keyword", RANKED, {}, True),
    "not built": ("hybrid", RANKED, {}, False),
    "all words": ("hybrid", "soup", {"operator": "and"}, True),
    "a phrase": ("hybrid", queries.Phrase("soup"), {}, True),
}


@pytest.fixture
@kept
def site(home, build_index):
    jane = Author.objects.create(name="Jane", country=Country.objects.create(name="Peru"))
    vegan, quick = Category.objects.create(name="Vegan"), Category.objects.create(name="Quick")

    def add(title, tags=(), **fields):
        page = home.add_child(instance=RecipePage(title=title, slug=title.lower().replace(" ", "-"), **fields))
        page.tags.add(*tags)
        page.save()
        return page

    carrot = add("Carrot soup with bread", ["winter", "easy"], author=jane, categories=[vegan, quick])
    beef = add("Beef soup with bread", ["winter"], categories=[quick], tester=jane, rivals=[vegan])
    fish = add("Fish soup with bread", author=Author.objects.create(name="John"))
    Step.objects.create(page=carrot, text="Stir")
    build_index()
    return {"carrot": carrot, "beef": beef, "fish": fish, "vegan": vegan, "quick": quick, "jane": jane}


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def search(site, request):
    """Search a queryset in one of the ways."""
    backend, query, options, is_built = request.param
    if not is_built:
        Generation.objects.update(state=Generation.State.RETIRED)
    return lambda queryset: queryset.search(query, backend=backend, **options)


def names(results):
    found = [page.title.split()[0] for page in results]
    assert len(found) == results.count()
    return sorted(found)


FILTERS = {
    "an object over many-to-many": (lambda site: Q(categories=site["vegan"]), ["Carrot"]),
    "a key over many-to-many": (lambda site: Q(categories=site["vegan"].pk), ["Carrot"]),
    "several objects": (lambda site: Q(categories__in=[site["vegan"], site["quick"]]), ["Beef", "Carrot"]),
    "not one": (lambda site: ~Q(categories=site["vegan"]), ["Beef", "Fish"]),
    "none": (lambda _: Q(categories__isnull=True), ["Fish"]),
    "any": (lambda _: Q(categories__isnull=False), ["Beef", "Carrot"]),
    "a field of it": (lambda _: Q(categories__name="Vegan"), ["Carrot"]),
    "fields of several": (lambda _: Q(categories__name__in=["Vegan", "Quick"]), ["Beef", "Carrot"]),
    "a tag": (lambda _: Q(tags=Tag.objects.get(name="winter")), ["Beef", "Carrot"]),
    "names of tags": (lambda _: Q(tags__name__in=["winter", "easy"]), ["Beef", "Carrot"]),
    "not a tag": (lambda _: ~Q(tags__name="easy"), ["Beef", "Fish"]),
    "a foreign key": (lambda site: Q(author=site["jane"]), ["Carrot"]),
    "no foreign key": (lambda _: Q(author=None), ["Beef"]),
    "a foreign key of a foreign key": (lambda site: Q(author__country=site["jane"].country), ["Carrot"]),
    "a child": (lambda _: Q(steps=Step.objects.get()), ["Carrot"]),
    "one or the other": (lambda site: Q(categories=site["vegan"]) | Q(author__isnull=True), ["Beef", "Carrot"]),
}


@pytest.mark.parametrize(("condition", "expected"), FILTERS.values(), ids=FILTERS)
def test_a_filter_over_a_declared_relation_finds_each_page_once(site, search, condition, expected):
    assert names(search(RecipePage.objects.filter(condition(site)))) == expected


def test_exclude_leaves_out_pages_of_a_declared_relation(site, search):
    assert names(search(RecipePage.objects.exclude(categories=site["vegan"]))) == ["Beef", "Fish"]
    assert names(search(RecipePage.objects.exclude(categories__in=[site["quick"]]))) == ["Fish"]


def test_autocomplete_narrows_by_a_declared_relation(site):
    queryset = RecipePage.objects.filter(categories__in=[site["vegan"], site["quick"]])
    assert names(queryset.autocomplete("Sou", backend="hybrid")) == ["Beef", "Carrot"]


UNDECLARED = {
    "many-to-many": (
        lambda site: Q(rivals=site["vegan"]),
        r'For this condition that is index\.RelatedFields\("rivals"',
    ),
    "a field over many-to-many": (
        lambda _: Q(rivals__name="Vegan"),
        r'index\.RelatedFields\("rivals", \[index\.FilterField\("name"\)\]\)\.',
    ),
    "a foreign key": (
        lambda site: Q(tester=site["jane"]),
        r'Please add index\.FilterField\("tester_id"\) to RecipePage',
    ),
    "a field that RelatedFields lacks": (
        lambda _: Q(author__email=""),
        r'index\.FilterField\("email"\) to the RelatedFields\("author"\) definition in RecipePage\.search_fields',
    ),
    "a field of the page": (lambda _: Q(cooked_on=None), r'index\.FilterField\("cooked_on"\) to RecipePage'),
}


@pytest.mark.parametrize(("condition", "message"), UNDECLARED.values(), ids=UNDECLARED)
def test_a_filter_that_is_not_declared_is_refused_and_the_error_says_what_to_add(site, search, condition, message):
    with pytest.raises(FilterFieldError, match=message):
        list(search(RecipePage.objects.filter(condition(site))))


@pytest.mark.parametrize("is_built", [True, False])
def test_a_facet_over_a_relation_counts_by_keys_or_by_a_field_that_is_declared(site, is_built):
    if not is_built:
        Generation.objects.update(state=Generation.State.RETIRED)
    results = RecipePage.objects.filter(title__contains="bread").search(RANKED, backend="hybrid")
    vegan, quick = site["vegan"].pk, site["quick"].pk
    assert results.facet("categories") == {quick: 2, vegan: 1, None: 1}
    assert results.facet("tags__name") == {"winter": 2, "easy": 1, None: 1}
    assert sum(results.facet("tags").values()) == 4
    assert results.facet("author")[site["jane"].pk] == 1


def test_a_facet_that_is_not_declared_says_what_to_add(site):
    results = RecipePage.objects.search(RANKED, backend="hybrid")
    with pytest.raises(FilterFieldError, match=r"index\.FilterField\('rivals'\) to RecipePage"):
        results.facet("rivals")
    with pytest.raises(FilterFieldError, match=r"index\.RelatedFields\('author', \[index\.FilterField\('email'\)\]\)"):
        results.facet("author__email")
