"""What is handed on to the keyword backend: whatever the queryset, it neither fails nor finds more than it may."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Lower, Now
from wagtail.models import Page, PageViewRestriction
from wagtail.search import query as queries

from tests.tally import tally
from tests.testapp.models import ArticleLink, ArticlePage
from wagtail_vector_search.models import Generation
from wagtail_vector_search.retrieval import visible_to

from . import external_engine

pytestmark = pytest.mark.django_db

KEYWORD_BACKENDS = ("wagtail.search.backends.database", "tests.security.external_engine")
HIDDEN = {"Lantern hidden"}


@pytest.fixture(params=KEYWORD_BACKENDS, autouse=True)
def keyword_backend(request, settings):
    settings.WAGTAILSEARCH_BACKENDS = {
        "default": {"BACKEND": KEYWORD_BACKENDS[0]},
        "hybrid": {"BACKEND": "wagtail_vector_search.backends.hybrid", "KEYWORD_BACKEND": request.param},
    }
    return request.param


@pytest.fixture
def site(make_article, build_index):
    pages = {
        title: make_article(title, "Text.", category=title[8]) for title in ("Lantern a", "Lantern b", "Lantern hidden")
    }
    for label in ("one", "two", "three"):
        ArticleLink.objects.create(page=pages["Lantern a"], label=label)
        ArticleLink.objects.create(page=pages["Lantern hidden"], label=label)
    build_index()
    external_engine.copy_pages()
    PageViewRestriction.objects.create(page=pages["Lantern hidden"], restriction_type="login")
    return pages


LINKED = ArticleLink.objects.filter(page=OuterRef("pk"))
#: A queryset -> the titles that are visible in it.
QUERYSETS = {
    "every page": (lambda: Page.objects.filter(depth__gt=2), "ab"),
    "a page type": (lambda: ArticlePage.objects.all(), "ab"),
    "by key": (lambda: ArticlePage.objects.filter(pk__in=ArticlePage.objects.values("pk")), "ab"),
    "subquery": (lambda: ArticlePage.objects.filter(Exists(LINKED)), "a"),
    "negated subquery": (lambda: ArticlePage.objects.filter(~Exists(LINKED)), "b"),
    "subquery or": (lambda: ArticlePage.objects.filter(Exists(LINKED) | Q(category="b")), "ab"),
    "function": (lambda: Page.objects.annotate(low=Lower("title")).filter(low="lantern a"), "a"),
    "two columns": (lambda: Page.objects.filter(depth__gt=2, title=F("draft_title")), "ab"),
    "part of a text": (lambda: Page.objects.filter(title__contains="tern"), "ab"),
    "pattern": (lambda: Page.objects.filter(title__iregex="lantern a$"), "a"),
    "moment": (lambda: Page.objects.filter(depth__gt=2).exclude(first_published_at__gt=Now()), "ab"),
    "date": (lambda: Page.objects.filter(depth__gt=2, latest_revision_created_at__date=datetime.now(UTC)), ""),
    "number of relations": (lambda: ArticlePage.objects.annotate(n=Count("links")).filter(n__gt=1), "a"),
    "raw SQL": (lambda: ArticlePage.objects.extra(where=["depth > 2"]), "ab"),
    "specific": (lambda: Page.objects.filter(Exists(LINKED)).specific(), "a"),
    "nothing": (lambda: ArticlePage.objects.none(), ""),
    "visitor": (lambda: visible_to(anonymous(), ArticlePage.objects.all()), "ab"),
    "visitor and subquery": (lambda: visible_to(anonymous(), ArticlePage.objects.filter(Exists(LINKED))), "a"),
}
SEARCHES = {
    "all words": lambda pages: pages.search("lantern", operator="and", backend="hybrid"),
    "phrase": lambda pages: pages.search(queries.Phrase("lantern"), backend="hybrid"),
    "in the order of a field": lambda pages: pages.search("lantern", order_by="title", backend="hybrid"),
    "beginnings": lambda pages: pages.autocomplete("Lantern", backend="hybrid"),
    "everything": lambda pages: pages.search(queries.MATCH_ALL, backend="hybrid"),
    "without an index": lambda pages: pages.search("lantern", backend="hybrid"),
}


def anonymous():
    return SimpleNamespace(user=AnonymousUser(), session={})


def numbers(results):
    """Return how many pages there are, by count and by facet, before they are read."""
    return results.count(), len(results.facet("title"))


@pytest.mark.parametrize("name", QUERYSETS)
def test_any_queryset_is_searched_and_keeps_its_conditions(site, name):
    make, visible = QUERYSETS[name]
    expected = [f"Lantern {letter}" for letter in visible]
    Generation.objects.update(state=Generation.State.RETIRED)
    for how, search in SEARCHES.items():
        tally("querysets handed to a keyword backend")
        assert numbers(search(make())) == (len(expected), len(expected)), how
        assert sorted(page.title for page in search(make())) == expected, how


def test_only_the_visitor_of_a_page_finds_it(site):
    reader = SimpleNamespace(user=User.objects.create(username="reader"), session={})
    Generation.objects.update(state=Generation.State.RETIRED)
    for request, expected in ((reader, 3), (anonymous(), 2)):
        for model in (Page, ArticlePage):
            pages = visible_to(request, model.objects.filter(depth__gt=2))
            for search in SEARCHES.values():
                assert numbers(search(pages)) == (expected, expected)
                assert len(search(pages)) == expected


def test_what_a_queryset_selects_orders_and_prefetches_is_kept(site):
    pages = (
        ArticlePage.objects.filter(Exists(LINKED))
        .annotate(low=Lower("title"))
        .prefetch_related("links")
        .order_by("-title")
    )
    (page,) = pages.search(queries.Phrase("lantern"), backend="hybrid", order_by_relevance=False)
    assert page.low == "lantern a"
    assert "links" in page._prefetched_objects_cache


def test_a_page_with_several_matching_relations_is_found_once(site):
    pages = ArticlePage.objects.filter(Exists(LINKED), links__label__contains="o")
    results = pages.search(queries.Phrase("lantern"), backend="hybrid")
    assert numbers(results) == (1, 1)
    assert [page.title for page in results] == ["Lantern a"]
