"""A template never fails for a variable that is missing, empty or of another type; nothing to search finds nothing."""

import logging

import pytest
from django.template import engines
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy
from wagtail.models import Page
from wagtail.search.query import PlainText

from tests.kept import kept
from tests.testapp.models import ArticlePage

pytestmark = pytest.mark.django_db

#: Whatever a context may hold; ``missing`` is not in it.
ANYTHING = {
    "nothing": None,
    "empty": "",
    "number": 12,
    "zero": 0,
    "negative": -1,
    "share": 0.5,
    "infinite": float("inf"),
    "no_number": float("nan"),
    "yes": True,
    "text": "x",
    "figure": "3",
    "list": [1, "x", None, []],
    "mapping": {"x": 1},
    "object": object(),
}
VARIABLES = [*ANYTHING, "missing"]
#: Of these, the ones that there is something to search for in.
SEARCHABLE = {"number", "zero", "negative", "share", "infinite", "no_number", "text", "figure"}

DJANGO = {
    "related": "{% load vector_search_tags %}{% related_pages ARGUMENTS as found %}",
    "search": "{% load vector_search_tags %}{% search_pages ARGUMENTS as found %}",
    "show": "{% for page in found %}{{ page.title }};{% endfor %}",
}
JINJA = {
    "related": "{% set found = related_pages(ARGUMENTS) %}",
    "search": "{% set found = search_pages(ARGUMENTS) %}",
    "show": "{% for page in found %}{{ page.title }};{% endfor %}",
}


@pytest.fixture
@kept
def site(make_article, build_index):
    texts = {
        "Sailing": "The boat sails across the open sea.",
        "Harbour": "A boat rests in the harbour by the sea.",
        "Bread": "Flour and water become bread in an oven.",
    }
    pages = {title: make_article(title, text) for title, text in texts.items()}
    build_index()
    return pages


@pytest.fixture(params=["django", "jinja2"])
def render(request):
    """Return a function that renders a tag with its arguments, as a template writes them, and returns the titles."""

    def render_tag(tag, *arguments, **context):
        templates = {"django": DJANGO, "jinja2": JINJA}[request.param]
        separator = " " if request.param == "django" else ", "
        source = templates[tag].replace("ARGUMENTS", separator.join(arguments)) + templates["show"]
        html = engines[request.param].from_string(source).render({**ANYTHING, **context})
        return html.strip().split(";")[:-1]

    return render_tag


@pytest.mark.parametrize("name", VARIABLES)
def test_related_pages_takes_any_page(site, render, name):
    assert render("related", name) == []


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("option", ["limit", "queryset", "request"])
def test_related_pages_takes_any_option(site, render, name, option):
    found = render("related", "page", f"{option}={name}", page=site["Sailing"])
    nothing_to_search = option == "queryset" and name != "nothing"
    no_pages = option == "limit" and name in ("zero", "negative")
    assert (found[:1] == ["Harbour"]) is not (nothing_to_search or no_pages)


@pytest.mark.parametrize("name", VARIABLES)
def test_search_pages_takes_any_query(site, render, name):
    assert bool(render("search", name)) is (name in SEARCHABLE)


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("option", ["limit", "queryset", "request", "correct_spelling"])
def test_search_pages_takes_any_option(site, render, name, option):
    found = render("search", "query", f"{option}={name}", query="bread oven")
    nothing_to_search = option == "queryset" and name != "nothing"
    no_pages = option == "limit" and name in ("zero", "negative")
    assert (found[:1] == ["Bread"]) is not (nothing_to_search or no_pages)


@pytest.mark.parametrize("name", [name for name in VARIABLES if name not in ("text", "figure")])
def test_search_pages_takes_a_missing_backend_for_the_default(site, render, name):
    assert render("search", "query", f"backend={name}", query="bread oven")[:1] == ["Bread"]


def test_a_limit_that_is_written_as_text_counts(site, render):
    assert len(render("search", "query", "limit=two", query="boat sea", two="2")) == 2
    assert len(render("related", "page", "limit=two", page=site["Sailing"], two="2")) == 2


@pytest.mark.parametrize("limit", ["nothing", "empty", "text", "share", "infinite", "no_number", "list"])
def test_a_limit_that_is_no_number_is_the_default_and_the_log_says_so(site, render, caplog, limit):
    with caplog.at_level(logging.DEBUG, logger="wagtail_vector_search"):
        found = render("search", "query", f"limit={limit}", query="boat sea")
    assert found == render("search", "query", query="boat sea")
    assert "The limit of a template tag is of the type" in caplog.text
    assert "taken for: 10." in caplog.text


def test_a_query_may_be_a_number_lazy_or_a_query_of_wagtail(make_article, build_index, render):
    make_article("Room 12", "The meeting is in room 12.")
    build_index()
    for query in (12, gettext_lazy("12"), PlainText("12")):
        assert render("search", "query", query=query)[:1] == ["Room 12"]


def test_what_to_search_may_be_a_manager(site, render):
    for queryset in (ArticlePage.objects, Page.objects.filter(title="Bread")):
        assert render("search", "query", "queryset=pages", query="bread", pages=queryset)[:1] == ["Bread"]


def test_a_page_may_be_lazy(site, render):
    assert render("related", "page", page=SimpleLazyObject(lambda: site["Sailing"]))[:1] == ["Harbour"]


@pytest.mark.parametrize("engine", ["django", "jinja2"])
@pytest.mark.parametrize("name", VARIABLES)
def test_filters_take_anything(engine, name):
    templates = {
        "django": "{% load vector_search_tags %}{{ words|highlight:NAME }}|{{ NAME|highlight:words }}"
        "|{{ NAME|heading_anchor }}|{{ NAME|with_anchors }}",
        "jinja2": "{{ words|highlight(NAME) }}|{{ NAME|highlight(words) }}"
        "|{{ NAME|heading_anchor }}|{{ NAME|with_anchors }}",
    }
    if (engine, name) == ("django", "missing"):
        pytest.skip("Django itself raises where the argument of a filter is not in the context.")
    source = templates[engine].replace("NAME", name)
    html = engines[engine].from_string(source).render({**ANYTHING, "words": "12 words"})
    marked = {"number": "<mark>12</mark> words"}
    assert html.startswith(marked.get(name, "12 words") + "|")
    assert name in ("list", "mapping") or "none" not in html.lower()
