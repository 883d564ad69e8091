"""No search returns pages outside every site, which have no address; results stay in the site of the visitor."""

import pytest
from django.core.cache import cache
from django.template import engines
from django.test import RequestFactory
from wagtail.models import Locale, Page, Site

from wagtail_vector_search import in_site, related_pages, search_pages
from wagtail_vector_search.admin.editor.page_state import find_serving, read_state
from wagtail_vector_search.retrieval import Legs, load_pages, rank_pages
from wagtail_vector_search.visibility import visible_pages

pytestmark = pytest.mark.django_db

TEXT = "A lantern lights the harbour at night."


@pytest.fixture(autouse=True)
def _no_addresses_from_before():
    """Wagtail keeps the first pages of sites in a cache."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def make_tree(home):
    """Return a function that adds a tree beside that of the first site, with a site or without one."""

    def make(title, hostname="", locale=None, **fields):
        root = home.get_parent()
        root.refresh_from_db()
        fields |= {"locale": locale} if locale else {}
        page = root.add_child(instance=Page(title=title, slug=title.lower().replace(" ", "-"), **fields))
        if hostname:
            Site.objects.create(hostname=hostname, root_page=page)
        return page

    return make


def request_for(hostname):
    return RequestFactory(headers={"host": hostname}).get("/")


def found(query="lantern", queryset=None, legs=Legs.HYBRID):
    queryset = Page.objects.filter(title__startswith="Lantern") if queryset is None else queryset
    return [page.title for page in load_pages(rank_pages(query, queryset, legs=legs), queryset)]


def titles(pages):
    return {page.title for page in pages if page.title.startswith("Lantern")}


@pytest.mark.parametrize("legs", [Legs.HYBRID, Legs.SEMANTIC, Legs.KEYWORD])
def test_a_page_outside_every_site_is_not_found(make_article, make_tree, build_index, legs):
    make_article("Lantern inside", TEXT)
    outside = make_article("Lantern outside", TEXT, parent=make_tree("Old site"))
    build_index()
    assert outside.url is None
    assert found(legs=legs) == ["Lantern inside"]
    assert outside not in visible_pages(Page.objects.all())
    assert rank_pages("lantern", Page.objects.all(), legs=legs).pages


def test_the_keyword_backend_and_related_pages_leave_it_out_too(make_article, make_tree, build_index):
    inside = make_article("Lantern inside", TEXT)
    make_article("Lantern outside", TEXT, parent=make_tree("Old site"))
    assert titles(Page.objects.search("lantern", backend="hybrid")) == {"Lantern inside"}  # no index yet
    build_index()
    everything = Page.objects.all()
    assert "Lantern outside" not in titles(related_pages(inside, queryset=everything))
    assert titles(everything.search("lantern", operator="and", backend="hybrid")) == {"Lantern inside"}


def test_a_page_is_found_as_soon_as_its_tree_has_a_site(make_article, make_tree, build_index):
    tree = make_tree("New site")
    make_article("Lantern", TEXT, parent=tree)
    build_index()
    assert found() == []
    Site.objects.create(hostname="new.test", root_page=tree)
    assert found() == ["Lantern"]


def test_a_site_may_begin_deeper_in_the_tree(make_article, make_tree, build_index):
    folder = make_tree("Countries")
    country = folder.add_child(instance=Page(title="Country", slug="country"))
    Site.objects.create(hostname="country.test", root_page=country)
    make_article("Lantern inside", TEXT, parent=country)
    make_article("Lantern outside", TEXT, parent=folder)
    build_index()
    assert found() == ["Lantern inside"]


def test_the_tree_of_another_language_is_within_its_site_while_the_project_has_languages(
    make_article, home, build_index, settings
):
    french = Locale.objects.create(language_code="fr")
    tree = home.copy_for_translation(french)
    tree.save_revision().publish()
    page = make_article("Lantern in French", TEXT, parent=tree, locale=french)
    build_index()
    assert (page.url is not None, found()) == (True, ["Lantern in French"])
    settings.WAGTAIL_I18N_ENABLED = False
    cache.clear()
    assert (Page.objects.get(pk=page.pk).url is not None, found()) == (False, [])


def test_where_there_is_no_site_at_all_every_page_is_found(make_article, build_index):
    make_article("Lantern", TEXT)
    build_index()
    Site.objects.all().delete()
    assert found() == ["Lantern"]


def test_an_editor_is_told_that_a_page_has_no_address(make_article, make_tree, build_index):
    page = make_article("Lantern", TEXT, parent=make_tree("Old site"))
    build_index()
    serving = find_serving()
    assert serving
    assert "outside every site" in read_state(page, serving).obstacle


@pytest.fixture
def two_sites(make_article, make_tree, build_index):
    pages = {
        "a": make_article("Lantern of A", TEXT),
        "b": make_article("Lantern of B", TEXT, parent=make_tree("Site B", "b.test")),
        "b too": make_article("Lantern of B, too", TEXT, parent=Page.objects.get(title="Site B")),
    }
    build_index()
    return pages


def test_search_pages_finds_those_of_the_site_of_the_request(two_sites):
    assert titles(search_pages("lantern", request=request_for("b.test"))) == {"Lantern of B", "Lantern of B, too"}
    assert titles(search_pages("lantern", request=request_for("localhost"))) == {"Lantern of A"}


def test_without_a_request_or_with_a_queryset_it_finds_those_of_all_sites(two_sites):
    assert len(titles(search_pages("lantern"))) == 3
    assert len(titles(search_pages("lantern", queryset=Page.objects.all(), request=request_for("b.test")))) == 3


@pytest.mark.parametrize("engine", ["django", "jinja2"])
def test_the_tags_find_those_of_the_site_that_they_are_rendered_for(two_sites, engine):
    template = {
        "django": "{% load vector_search_tags %}{% search_pages 'lantern' as found %}"
        "{% for page in found %}{{ page.title }};{% endfor %}",
        "jinja2": "{% for page in search_pages('lantern') %}{{ page.title }};{% endfor %}",
    }[engine]
    render = engines[engine].from_string(template).render
    assert "of A" not in render({"request": request_for("b.test")})
    assert "of B" not in render({"request": request_for("localhost")})
    assert "of A" in render({})


def test_related_pages_stay_in_the_site_of_the_page(two_sites):
    assert titles(related_pages(two_sites["b"])) == {"Lantern of B, too"}
    assert titles(related_pages(two_sites["a"])) == set()
    assert len(titles(related_pages(two_sites["a"], queryset=Page.objects.all()))) == 2


def test_sites_may_share_what_they_find(two_sites, configure):
    configure(ALL_SITES=True)
    assert len(titles(search_pages("lantern", request=request_for("b.test")))) == 3
    assert len(titles(related_pages(two_sites["a"]))) == 2


def test_a_site_below_another_is_no_part_of_it(two_sites, make_article, build_index):
    inner = make_article("Lantern of the inner site", TEXT, parent=Page.objects.get(title="Site B"))
    Site.objects.create(hostname="inner.test", root_page=inner)
    build_index()
    assert titles(in_site(request_for("b.test"), Page.objects.all())) == {"Lantern of B", "Lantern of B, too"}
    assert titles(in_site(request_for("inner.test"), Page.objects.all())) == {"Lantern of the inner site"}


def test_a_site_has_the_trees_of_all_its_languages(two_sites, make_article):
    french = Locale.objects.create(language_code="fr")
    tree = Page.objects.get(title="Site B").copy_for_translation(french)
    tree.save_revision().publish()
    make_article("Lantern in French", TEXT, parent=tree, locale=french)
    found = titles(in_site(request_for("b.test"), Page.objects.all()))
    assert found == {"Lantern of B", "Lantern of B, too", "Lantern in French"}


def test_a_search_among_the_pages_of_a_site_needs_no_declaration_of_a_filter(two_sites):
    pages = in_site(request_for("b.test"), Page.objects.all())
    for backend, options in (("hybrid", {}), ("keyword", {}), ("hybrid", {"operator": "and"})):
        assert titles(pages.search("lantern", backend=backend, **options)) == {"Lantern of B", "Lantern of B, too"}


def test_one_site_costs_neither_a_condition_nor_a_statement(make_article, django_assert_num_queries):
    page = make_article("Lantern")
    page.get_url()  # Wagtail reads the first pages of sites
    everything = Page.objects.all()
    with django_assert_num_queries(0):
        assert in_site(request_for("localhost"), everything) is everything
