"""A visitor finds what Wagtail would serve to them, page by page: random trees, restrictions and visitors."""

import random
import re
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.cache import cache
from django.db import connection
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction
from wagtail.search import query as queries

from tests.tally import tally
from tests.testapp.models import ArticlePage, RichTextPage
from wagtail_vector_search.retrieval import related_pages, search_pages, visible_pages, visible_to
from wagtail_vector_search.visibility.closed_paths import IsPermitted
from wagtail_vector_search.visibility.visitors import refused_restrictions

pytestmark = pytest.mark.django_db

SESSION_KEY = PageViewRestriction.passed_view_restrictions_session_key
KINDS = ("login", "password", "groups", "none")
PAGES = 24
JIT_ABOVE_COST = 100_000
BACKENDS = ("hybrid", "semantic", "keyword")


def visitor(user=None, passed=()):
    return SimpleNamespace(user=user or AnonymousUser(), session={SESSION_KEY: list(passed)})


def make_tree(home, chance):
    """Grow a tree of pages, some of them aliases, and restrict some of them."""
    pages = [home]
    for number in range(PAGES):
        parent = Page.objects.get(pk=chance.choice(pages).pk)
        source = chance.choice(pages)
        if source != home and chance.random() < 0.2:
            page = source.specific.create_alias(parent=parent, update_slug=f"alias-{number}")
        else:
            model, field = chance.choice([(ArticlePage, "introduction"), (RichTextPage, "body")])
            page = parent.add_child(
                instance=model(title=f"Page {number}", slug=f"page-{number}", **{field: f"A lantern, {number}."})
            )
        pages.append(Page.objects.get(pk=page.pk))
    for page in chance.sample(pages[1:], 7):
        restrict(page, chance.choice(KINDS), chance)


def restrict(page, kind, chance=random):
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind, password="open sesame")
    if kind == "groups":
        groups = list(Group.objects.filter(name__startswith="wvs"))
        restriction.groups.set(chance.sample(groups, min(len(groups), chance.randint(0, 2))))
    return restriction


def make_visitors(chance):
    groups = [Group.objects.create(name=f"wvs {number}") for number in range(3)]
    users = [User.objects.create(username=f"user {number}") for number in range(3)]
    for user, number in zip(users, (0, 1, 2), strict=True):
        user.groups.set(chance.sample(groups, number))
    return [*users, User.objects.create_superuser("root")]


def passes(chance):
    passed = [key for key in PageViewRestriction.objects.values_list("pk", flat=True) if chance.random() < 0.4]
    return [*passed, 0, -1, 10**30]


def accepted(request, page):
    """What Wagtail does before it serves a page."""
    return all(restriction.accept_request(request) for restriction in page.get_view_restrictions())


def keys(pages):
    return {page.pk for page in pages}


def shown_by_source(pages):
    """What a search returns by what is indexed: a page, or where a visitor may only see aliases of it the first one."""
    shown: dict[int, int] = {}
    for page in sorted(pages, key=lambda page: (page.alias_of_id is not None, page.pk)):
        shown.setdefault(page.alias_of_id or page.pk, page.pk)
    return {source: key for source, key in shown.items() if Page.objects.get(pk=source).alias_of_id is None}


@pytest.fixture(params=range(8))
def chance(request):
    return random.Random(request.param)


@pytest.fixture
def requests(home, chance):
    """Of several users and of a visitor who has not logged in, on a random site."""
    users = make_visitors(chance)
    make_tree(home, chance)
    return [visitor(user, passes(chance)) for user in (*users, None)]


def test_a_visitor_finds_what_wagtail_would_serve(requests, build_index, configure, monkeypatch):
    configure(PRIVATE_PAGES=True)
    build_index()
    on_postgresql = []
    for request in requests:
        allowed = {page.pk for page in Page.objects.all() if accepted(request, page)}
        tally("visitors of random private trees")
        on_postgresql.append(keys(visible_to(request, Page.objects.all())))
        assert on_postgresql[-1] == allowed
        pages = visible_to(request, Page.objects.filter(depth__gt=2))
        shown = shown_by_source(Page.objects.filter(pk__in=allowed, depth__gt=2))
        expected = set(shown.values())
        for backend in BACKENDS:
            results = pages.search("lantern", backend=backend)
            assert keys(results) == expected
            assert results.count() == len(expected) == sum(results.facet("content_type_id").values())
        # The keyword backend returns no aliases.
        assert keys(pages.search(queries.Phrase("a lantern"), backend="hybrid")) == expected & shown.keys()
        for page in Page.objects.filter(pk__in=expected)[:2]:
            related = related_pages(page, limit=100, queryset=pages)
            own = page.alias_of or page
            assert keys(related) == {key for source, key in shown.items() if source != own.pk}
    # The form for other databases agrees.
    monkeypatch.delattr("wagtail_vector_search.visibility.closed_paths.IsPermitted.as_postgresql")
    assert [keys(visible_to(request, Page.objects.all())) for request in requests] == on_postgresql


@pytest.fixture
def site(make_article, build_index, configure):
    """A page for every visitor, one for users who are logged in, and one behind a password."""
    configure(PRIVATE_PAGES=True)
    pages = {kind: make_article(f"For {kind}", f"A lantern for {kind}.") for kind in ("all", "login", "password")}
    for kind in ("login", "password"):
        restrict(pages[kind], kind)
    build_index()
    return pages


@pytest.fixture
def reader(db):
    return visitor(User.objects.create(username="reader"))


def titles(pages):
    return sorted(page.title for page in pages if page.title.startswith("For"))


READERS_VIEW = ["For all", "For login"]


def test_a_search_without_visible_to_is_public_whatever_is_indexed(site):
    assert titles(Page.objects.search("lantern", backend="hybrid")) == ["For all"]


@pytest.mark.parametrize("request_like", [SimpleNamespace(), SimpleNamespace(user=None, session=None), visitor()])
def test_a_request_without_user_or_session_has_no_rights(site, request_like):
    assert titles(visible_to(request_like, Page.objects.all())) == ["For all"]


@pytest.mark.parametrize("junk", [None, ["1", None, 1.5, True], "12", [10**40]])
def test_junk_in_the_session_is_no_pass(site, junk):
    request = visitor()
    request.session[SESSION_KEY] = junk
    assert titles(visible_to(request, Page.objects.all())) == ["For all"]


def test_a_password_given_in_this_session_opens_its_pages_only(site):
    request = visitor(passed=[site["password"].view_restrictions.get().pk])
    assert titles(visible_to(request, Page.objects.all()).search("lantern", backend="hybrid")) == [
        "For all",
        "For password",
    ]


@pytest.mark.parametrize(
    "search",
    [
        *(lambda pages, name=name: pages.search("lantern", backend=name) for name in BACKENDS),
        lambda pages: pages.search(queries.Phrase("lantern"), backend="hybrid"),
        lambda pages: pages.search("lantern", operator="and", backend="hybrid"),
        lambda pages: pages.search("lantern", order_by="title", backend="hybrid"),
        lambda pages: pages.search("lantern", fields=["introduction", "title", "body"], backend="hybrid"),
        lambda pages: pages.autocomplete("For", backend="hybrid"),
        lambda pages: pages.search(queries.MATCH_ALL, backend="hybrid"),
        lambda pages: pages.order_by("pk").distinct("pk").search("lantern", backend="hybrid"),
        lambda pages: search_pages("lantern", queryset=pages),
        lambda pages: pages.specific().search("lantern", backend="hybrid"),
        lambda pages: (pages & ArticlePage.objects.filter(depth=3)).search("lantern", backend="hybrid"),
        lambda pages: pages.filter(Q(live=True) | Q(depth=1)).search("lantern", backend="hybrid"),
    ],
)
def test_every_kind_of_search_finds_what_the_visitor_may_see(site, reader, search):
    results = search(visible_to(reader, ArticlePage.objects.all()))
    assert titles(results) == READERS_VIEW
    assert results.count() == 2
    assert sum(results.facet("content_type_id").values()) == 2
    assert titles(results[:1]) + titles(results[1:]) == titles(results) or len(results[:1]) == 1


def test_the_visitor_counts_without_an_index_and_without_vectors(site, reader, monkeypatch):
    from wagtail_vector_search.models import Generation
    from wagtail_vector_search.providers import DeterministicProvider

    def fail(*args, **options):
        raise RuntimeError("down")

    cache.clear()
    monkeypatch.setattr(DeterministicProvider, "_embed", fail)
    for built in (True, False):
        if not built:
            Generation.objects.update(state=Generation.State.RETIRED)
        results = visible_to(reader, Page.objects.all()).search("lantern", backend="hybrid")
        assert (titles(results), results.degraded) == (READERS_VIEW, True)


def test_passages_of_private_pages_are_shown_to_their_visitors_only(site, reader):
    results = visible_to(reader, Page.objects.all()).search("lantern", backend="hybrid")
    assert sorted(page.search_passage.text for page in results if page.search_passage and page.depth > 2) == [
        "A lantern for all.",
        "A lantern for login.",
    ]


@pytest.mark.parametrize(
    "outside",
    [
        lambda pages: pages | Page.objects.all(),
        lambda pages: Page.objects.filter(pk__in=pages.values("pk")),
        lambda pages: Page.objects.exclude(pk__in=pages.values("pk")),
    ],
)
def test_a_search_is_public_where_not_every_result_must_meet_the_clause(site, reader, outside):
    pages = outside(visible_to(reader, Page.objects.all()))
    assert set(titles(pages.search("lantern", backend="hybrid"))) <= {"For all"}
    assert set(titles(pages.search(queries.Phrase("lantern"), backend="hybrid"))) <= {"For all"}


def test_a_clause_that_is_negated_or_one_of_several_does_not_count(site, reader):
    permitted = Q(IsPermitted(F("path"), refused_restrictions(reader), for_visitor=True))
    for condition in (~permitted, permitted | Q(depth=3), ~(permitted & Q(depth=3))):
        pages = Page.objects.filter(condition)
        assert set(titles(pages.search("lantern", backend="hybrid"))) <= {"For all"}
        assert set(titles(pages.search(queries.Phrase("lantern"), backend="hybrid"))) <= {"For all"}
    assert titles(Page.objects.filter(permitted).search("lantern", backend="hybrid")) == READERS_VIEW


def test_drafts_aliases_and_expired_pages_stay_hidden_from_every_visitor(site, make_article, build_index):
    superuser = visitor(User.objects.create_superuser("root"))
    make_article("For no visitor", "A lantern.", live=False)
    site["all"].create_alias(update_slug="again")
    build_index()
    assert titles(visible_to(superuser, Page.objects.all()).search("lantern", backend="hybrid")) == READERS_VIEW


def test_results_of_one_visitor_are_not_kept_for_the_next(site, reader):
    for request, expected in ((reader, READERS_VIEW), (visitor(), ["For all"]), (reader, READERS_VIEW)):
        assert titles(visible_to(request, Page.objects.all()).search("lantern", backend="hybrid")) == expected
        assert titles(search_pages("lantern", request=request)) == expected


def test_rights_that_are_taken_away_count_at_once(site, reader):
    results = visible_to(reader, Page.objects.all()).search("lantern", backend="hybrid")
    PageViewRestriction.objects.filter(page=site["login"]).update(restriction_type="groups")
    assert titles(results) == ["For all"]
    reader.user.groups.add(Group.objects.create(name="wvs"))
    PageViewRestriction.objects.get(page=site["login"]).groups.add(Group.objects.get(name="wvs"))
    assert titles(visible_to(reader, Page.objects.all())) == READERS_VIEW


def test_visible_to_costs_no_statement_and_is_one_clause_however_many_restrictions_there_are(
    site, reader, make_article
):
    with CaptureQueriesContext(connection) as captured:
        before = visible_to(reader, Page.objects.all())
    assert len(captured) == 0
    for number in range(10):
        restrict(make_article(f"Private {number}", "A lantern."), "groups")
    assert str(visible_to(reader, Page.objects.all()).query) == str(before.query)
    with CaptureQueriesContext(connection) as captured:
        list(before.search("lantern", backend="hybrid")[:10])
    assert len([query for query in captured.captured_queries if query["sql"].lstrip()[:6] in ("SELECT", "WITH g")]) <= 5


def test_each_of_thousands_of_restrictions_is_looked_up_in_a_hash(home, reader):
    """Read from the plan: the restrictions are read twice a statement, not once a page."""
    from tests.integration.retrieval.test_large_table import make_pages

    make_pages(6000)
    pages = Page.objects.filter(depth=3).values_list("pk", flat=True)
    PageViewRestriction.objects.bulk_create(
        PageViewRestriction(page_id=key, restriction_type=("groups", "password", "login")[key % 3])
        for key in pages[:5000]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE wagtailcore_page")
        cursor.execute("ANALYZE wagtailcore_pageviewrestriction")
        for queryset in (visible_to(reader, Page.objects.all()), visible_pages(Page.objects.all())):
            sql, params = queryset.values("pk").query.sql_with_params()
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", params)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "hashed SubPlan" in plan
            # Beyond this estimate PostgreSQL would compile the query first, which takes longer than running it.
            assert float(re.findall(r"\.\.(\d+\.\d+)", plan)[0]) < JIT_ABOVE_COST
            scans = [line for line in plan.splitlines() if " on wagtailcore_pageviewrestriction " in line]
            assert scans
            assert all("loops=1)" in line for line in scans), plan


def test_the_tags_open_private_pages_only_when_they_are_given_the_visitor(site, reader):
    from django.template import engines

    templates = {
        "django": "{% load vector_search_tags %}{% search_pages 'lantern' ARGUMENT as found %}"
        "{% for page in found %}{{ page.title }};{% endfor %}"
        "{% related_pages page ARGUMENT as found %}{% for page in found %}{{ page.title }};{% endfor %}",
        "jinja2": "{% for page in search_pages('lantern' ARGUMENT) %}{{ page.title }};{% endfor %}"
        "{% for page in related_pages(page ARGUMENT) %}{{ page.title }};{% endfor %}",
    }
    for engine, template in templates.items():
        separator = ", " if engine == "jinja2" else " "
        for argument, expected in (
            ("", False),
            (f"{separator}request=request", True),
            (f"{separator}request=unknown", False),
        ):
            source = engines[engine].from_string(template.replace(" ARGUMENT", argument))
            html = source.render({"page": site["all"], "request": reader})
            assert (html.count("For login") == 2) is expected
            assert "For password" not in html
