"""Several sites with one database: Wagtail's sites, projects in schemas of their own, indexes side by side."""

import pytest
from django.db import connection, connections, transaction
from django.template import Context, Template
from wagtail.models import Locale, Page, Site

from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.database.hnsw import drop_while_filling, ensure_index
from wagtail_vector_search.generations.lifecycle import (
    _lock_index,
    get_or_create_generation,
    wait_for_older_transactions,
)
from wagtail_vector_search.generations.writable import get_writable_generations
from wagtail_vector_search.indexing import update
from wagtail_vector_search.models import Embedding256, Entry, EntryTerms, Generation
from wagtail_vector_search.retrieval import related_pages
from wagtail_vector_search.status import get_status

from .databases import TEMPLATE
from .snapshots import assert_index_equals_one_built_from_scratch, index_snapshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two_sites(home, make_article, build_index):
    """Two sites of one project, with an article each on the same subject."""
    bakery = home.get_parent().add_child(instance=Page(title="Bakery", slug="bakery"))
    Site.objects.create(hostname="bakery.example", root_page=bakery)
    ours = [make_article(f"Bread {number}", "Loaves come from an oven.") for number in range(3)]
    theirs = [make_article(f"Rolls {number}", "Loaves come from an oven.", parent=bakery) for number in range(3)]
    build_index()
    return home, ours, bakery, theirs


def titles(pages):
    return {page.title for page in pages}


@pytest.mark.parametrize("backend", ["hybrid", "semantic", "keyword"])
def test_a_search_keeps_to_the_site_that_it_is_given(two_sites, backend):
    home, ours, _, theirs = two_sites
    for site in Site.objects.all():
        expected = titles(ours if site.root_page_id == home.pk else theirs)
        results = Page.objects.descendant_of(site.root_page).search("loaves from the oven", backend=backend)
        assert titles(results) == expected
        assert results.count() == 3
        tally("sites of one database")


def test_related_pages_and_template_tags_keep_to_it_too(two_sites):
    home, ours, *_ = two_sites
    here = Page.objects.descendant_of(home)
    assert titles(related_pages(ours[0], queryset=here)) == titles(ours[1:])
    template = Template(
        "{% load vector_search_tags %}{% related_pages page queryset=here as related %}"
        "{% search_pages 'loaves' queryset=here as found %}"
        "{% for p in related %}{{ p.title }} {% endfor %}{% for p in found %}{{ p.title }} {% endfor %}"
    )
    rendered = template.render(Context({"page": ours[0], "here": here}))
    assert "Bread 1" in rendered
    assert "Rolls" not in rendered


@pytest.fixture
def projects(own_server, connect_default):
    """Two projects, each with its tables in a schema of its own; returns a function that connects to one of them."""
    if not own_server.execute("SELECT 1 FROM pg_database WHERE datname = 'projects'"):
        own_server.create_database("projects", TEMPLATE)
        own_server.execute("CREATE SCHEMA extensions; ALTER EXTENSION vector SET SCHEMA extensions", "projects")
        own_server.execute("ALTER SCHEMA public RENAME TO first", "projects")
        own_server.copy_schema("projects", "first", "second")
    own_server.create_database("of_a_test", "projects")
    yield lambda *schemas: connect_default(**path_of(own_server, "of_a_test", *schemas))
    connect_default()
    own_server.drop_database("of_a_test")


def path_of(server, database, *schemas):
    path = ",".join((*schemas, "extensions"))
    return {**server.address, "NAME": database, "OPTIONS": {"options": f"-c search_path={path}"}}


@pytest.fixture
def site_in(projects, make_article, request):
    """Return a function that connects to a project and gives it a home page."""

    def enter(schema):
        projects(schema)
        Locale.objects.get_or_create(language_code="en")
        root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
        return root.get_children().first() or root.add_child(instance=Page(title="Home", slug="home"))

    return enter


def write(home, title, text):
    return home.add_child(instance=ArticlePage(title=title, slug=title.lower(), introduction=text))


def test_two_projects_in_two_schemas_do_not_meet(site_in, build_index, monkeypatch, processes):
    monkeypatch.setattr(update, "MIN_PAGES", 1)
    home = site_in("first")
    page = write(home, "Bread", "Loaves.")
    build_index()
    before = index_snapshot()

    home = site_in("second")
    assert Generation.objects.count() == 0
    write(home, "Sailing", "The sea.")
    build_index()
    build_index(rebuild=True)
    assert titles(Page.objects.search("sea", backend="keyword")) == {"Sailing"}
    assert not Page.objects.search("loaves", backend="keyword")
    assert get_status().problems == []
    EntryTerms.objects.all().delete()
    Generation.objects.all().delete()

    site_in("first")
    assert index_snapshot() == before
    assert get_status().problems == []
    assert titles(Page.objects.search("loaves", backend="keyword")) == {"Bread"}
    page.refresh_from_db()
    processes.command("update_vector_index", "--rebuild").succeed()
    assert_index_equals_one_built_from_scratch()
    tally("sites of one database", 2)


@pytest.mark.parametrize("schemas", [("second",), ("second", "first")], ids=["apart", "seen from each other"])
def test_a_project_drops_and_builds_no_index_but_its_own(site_in, projects, build_index, schemas):
    for schema in ("first", "second"):
        site_in(schema)
        build_index()
    Embedding256.objects.all().delete()
    projects(*schemas)
    (writable,) = get_writable_generations("default")
    assert drop_while_filling(Embedding256, "default", generation_id=writable.generation_id)
    # As after a run that was killed: there is none of its own left.
    drop_while_filling(Embedding256, "default", generation_id=writable.generation_id)
    assert valid_indexes() == {"first"}
    ensure_index(Embedding256, "default")
    assert valid_indexes() == {"first", "second"}


def test_an_index_left_half_built_is_replaced_in_its_own_schema(site_in, projects, build_index):
    for schema in ("first", "second"):
        site_in(schema)
        build_index()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'second.wvs_embedding256_hnsw'::regclass"
        )
    assert valid_indexes() == {"first"}
    ensure_index(Embedding256, "default")
    assert valid_indexes() == {"first", "second"}


def valid_indexes():
    """Return the schemas that have a usable HNSW index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE relname = 'wvs_embedding256_hnsw' AND indisvalid"
        )
        return {schema for (schema,) in cursor.fetchall()}


def test_projects_do_not_wait_for_each_other(site_in, projects, build_index):
    site_in("second")
    site_in("first")
    build_index()
    other = connection.copy()
    try:
        with transaction.atomic():
            _lock_index("default", "default")
            Generation.objects.count()
            other.settings_dict["OPTIONS"] = {"options": "-c search_path=second,extensions -c lock_timeout=2s"}
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
            run_on(other, lambda: get_or_create_generation(get_index_settings(), "default"))
            assert run_on(other, lambda: wait_for_older_transactions("default", seconds=1))
    finally:
        other.close()


def run_on(wrapper, function):
    """Call a function with another connection in the place of the default one."""
    before = connections["default"]
    connections["default"] = wrapper
    try:
        return function()
    finally:
        connections["default"] = before


@pytest.fixture
def two_indexes(settings, make_article, build_index):
    """Two indexes over one site, of different dimensions."""
    entry = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": entry, "wide": {**entry, "OPTIONS": {"dimensions": 384}}}
    settings.WAGTAILSEARCH_BACKENDS = {
        **settings.WAGTAILSEARCH_BACKENDS,
        "wide": {"BACKEND": "wagtail_vector_search.backends.hybrid", "INDEX": "wide"},
    }
    pages = [make_article("Bread", "Loaves."), make_article("Sailing", "The sea.")]
    for index_name in settings.WAGTAIL_VECTOR_SEARCH:
        build_index(index_name)
    return pages


def test_two_indexes_over_one_site_follow_it_each_for_itself(two_indexes, build_index):
    page, other = two_indexes
    page.introduction = "Mountains."
    page.save_revision().publish()
    before = index_snapshot("wide")
    build_index("default", rebuild=True)
    EntryTerms.objects.filter(generation__index_name="default", page=other.pk).delete()
    assert index_snapshot("wide") == before
    build_index("default")
    other.unpublish()
    for index_name in ("default", "wide"):
        assert_index_equals_one_built_from_scratch(index_name)
        assert get_status().problems == []
    for backend in ("hybrid", "wide"):
        assert Page.objects.search("mountains", backend=backend)[0].title == "Bread"
        assert "Sailing" not in titles(Page.objects.search("sea", backend=backend))
    tally("sites of one database", 2)


def test_an_index_that_is_given_up_takes_nothing_with_it(two_indexes):
    before = index_snapshot("wide")
    Generation.objects.filter(index_name="default").delete()
    assert index_snapshot("wide") == before
    assert set(Entry.objects.values_list("generation__index_name", flat=True)) == {"wide"}
