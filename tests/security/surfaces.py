"""Every place where something of a page may come to light: each returns what it shows, as one text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import reduce
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.template import engines
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail.search import query as queries

from tests.testapp.models import ArticlePage
from wagtail_vector_search.retrieval import highlight, related_pages, search_pages

from .hiding import COMMON, Site

BACKENDS = ("hybrid", "semantic", "keyword")


def english(model: Any = Page) -> Any:
    return model.objects.filter(locale=Locale.objects.get(language_code="en"))


def describe(pages: Iterable[Any], words: Any = COMMON) -> str:
    """Everything that a page of results could print."""
    lines = []
    for page in pages:
        passage = getattr(page, "search_passage", None)
        shown = [page.title, page.specific.url, page.slug, getattr(page, "search_score", "")]
        shown += [passage.heading, passage.anchor, passage.text, highlight(passage.text, words)] if passage else []
        lines.append(" ".join(map(str, [*shown, highlight(page.title, words)])))
    return "\n".join(lines)


def describe_results(results: Any, site: Site) -> str:
    """All that results tell, after a look at their numbers."""
    pages = list(results)
    found = {page.pk for page in pages}
    assert found <= site.visible
    assert len(pages) == len(found) == results.count()
    assert results[:1].count() == min(1, len(pages))
    slices = [page for start in range(0, len(pages) + 1, 2) for page in results[start : start + 2]]
    assert [page.pk for page in slices] == [page.pk for page in pages]
    words = getattr(results, "words", COMMON)
    return describe(pages, words) + describe(results.annotate_score("score")[:10], words) + repr(results)


def describe_search(backend: str) -> Callable[[Site, str], str]:
    def show(site: Site, query: str) -> str:
        results = english(ArticlePage).search(query, backend=backend)
        facets = [results.facet(name) for name in ("category", "content_type_id", "live")]
        assert {sum(facet.values()) for facet in facets} == {results.count()}
        if query == COMMON:
            assert site.wanted <= {page.pk for page in results}
        return describe_results(results, site) + describe_results(english().search(query, backend=backend), site)

    return lambda site, query: (
        show(site, query) + str(english(ArticlePage).search(query, backend=backend).facet("category"))
    )


STRUCTURED: dict[str, Callable[[str], tuple[Any, dict[str, Any]]]] = {
    "phrase": lambda query: (queries.Phrase(query), {}),
    "all words": lambda query: (query, {"operator": "and"}),
    "plain text": lambda query: (queries.PlainText(query), {}),
    "either": lambda query: (queries.PlainText(COMMON) | queries.PlainText(query), {}),
    "everything": lambda _query: (queries.MATCH_ALL, {}),
    "fields": lambda query: (query, {"fields": ["title"], "operator": "or"}),
    "order": lambda query: (query, {"order_by": "-title"}),
    "quotes": lambda query: (f'"{query}" {COMMON}', {}),
    "excluded word": lambda query: (f"{COMMON} -{query}", {}),
    "excluded phrase": lambda query: (f'{COMMON} -"{query} {COMMON}"', {}),
}


def describe_structured(make: Callable[[str], tuple[Any, dict[str, Any]]]) -> Callable[[Site, str], str]:
    def show(site: Site, query: str) -> str:
        structured, options = make(query)
        texts = []
        for model in (Page, ArticlePage):
            results = english(model).filter(depth__gt=2).search(structured, backend="hybrid", **options)
            assert {page.pk for page in results} <= site.visible
            assert results.count() == len(results)
            texts.append(describe(results) + str(results.facet("title")))
        return "\n".join(texts)

    return show


def describe_boost(site: Site, query: str) -> str:
    with pytest.warns(RuntimeWarning, match="Boost"):
        results = english().search(queries.Boost(queries.PlainText(query), 2.0), backend="hybrid")
        return describe_results(results, site)


def describe_autocomplete(site: Site, query: str) -> str:
    words = (query[:3], query[-5:-2], "Op", "Zeb")
    results = [english(ArticlePage).autocomplete(word, backend="hybrid") for word in words]
    return "\n".join(describe_results(result, site) + str(result.facet("category")) for result in results)


def describe_related(site: Site, query: str) -> str:
    """From open pages, and from the hidden one, whether it is still there or only remembered."""
    texts = []
    for page in (site.open[0], site.secret):
        if page.pk:
            related = related_pages(page) + related_pages(page, limit=20, queryset=ArticlePage.objects.all())
            assert {other.pk for other in related} <= site.visible
            texts.append(describe(related))
    return "\n".join(texts)


DJANGO = """{% load vector_search_tags %}
{% search_pages query as results %}{{ results.count }}
{% for found in results %}{{ found.title|highlight:query }} {{ found.url }} {{ found.search_passage.heading }}
  {{ found.search_passage.text|highlight:results.terms }}{% endfor %}
{% related_pages page as related %}{% for found in related %}{{ found.title }} {{ found.url }}{% endfor %}"""
JINJA = """{% set results = search_pages(query) %}{{ results.count() }}
{% for found in results %}{{ found.title|highlight(query) }} {{ found.url }} {{ found.search_passage.heading }}
  {{ found.search_passage.text|highlight(results.terms) }}{% endfor %}
{% for found in related_pages(page) %}{{ found.title }} {{ found.url }}{% endfor %}"""


def render(engine: str, template: str) -> Callable[[Site, str], str]:
    return lambda site, query: engines[engine].from_string(template).render({"query": query, "page": site.open[0]})


def command(name: str, *options: str) -> Callable[[Site, str], str]:
    def show(site: Site, query: str) -> str:
        output = StringIO()
        arguments = [query, "--locale", "en"] if name == "vector_search" else []
        call_command(name, *arguments, *options, stdout=output, stderr=output)
        text = output.getvalue()
        if "--json" in options and name == "vector_search":
            assert json.loads(text)["count"] <= len(site.visible)
        return text

    return show


def visit(address: str, *, admin: bool = False) -> Callable[[Site, str], str]:
    """Return what a page of the site says, without what the visitor typed."""

    def show(site: Site, query: str) -> str:
        client = Client()
        if admin:
            client.force_login(administrator())
            query = query.split()[-1][:4]  # editors search for beginnings of words
        response = client.get(address.format(query=query.replace(" ", "+")))
        assert response.status_code == 200
        return without(query, response.content.decode())

    return show


def without(query: str, shown: str) -> str:
    """A search page repeats what was typed."""
    return reduce(lambda text, word: re.sub(rf"\b{word}\b", "", text), query.split(), shown)


def administrator() -> Any:
    from django.contrib.auth.models import User

    return User.objects.filter(username="admin").first() or User.objects.create_superuser("admin")


def admin_surfaces() -> dict[str, Callable[[Site, str], str]]:
    """What editors see where one of our backends is Wagtail's default."""
    return {
        "admin search": visit(reverse("wagtailadmin_pages:search") + "?q={query}", admin=True),
        "admin search, live": visit(reverse("wagtailadmin_pages:search") + "?q={query}+live:yes", admin=True),
        "admin chooser": visit(reverse("wagtailadmin_choose_page_search") + "?q={query}", admin=True),
    }


SURFACES: dict[str, Callable[[Site, str], str]] = {
    **{backend: describe_search(backend) for backend in BACKENDS},
    "related pages": describe_related,
    "search_pages": lambda site, query: describe_results(search_pages(query), site),
    "Django tags": render("django", DJANGO),
    "Jinja tags": render("jinja2", JINJA),
    "vector_search": command("vector_search"),
    "vector_search --json": command("vector_search", "--json"),
    "vector_search through another backend": command("vector_search", "--backend", "database"),
    "vector_search_status": command("vector_search_status"),
    "vector_search_status --json": command("vector_search_status", "--json"),
    "search page": visit("/search/?q={query}"),
    "search page by meaning": visit("/search/?q={query}&mode=semantic"),
    "API": visit("/api/pages/?search={query}&locale=en&fields=*"),
    "API, all words": visit("/api/pages/?search={query}&locale=en&search_operator=and&fields=*"),
    "API, of a type, in an order": visit(
        "/api/pages/?search={query}&locale=en&type=testapp.ArticlePage&order=title&fields=*"
    ),
}
#: Those that the keyword backend answers.
HANDED_ON: dict[str, Callable[[Site, str], str]] = {
    **{name: describe_structured(make) for name, make in STRUCTURED.items()},
    "boost": describe_boost,
    "autocomplete": describe_autocomplete,
}
#: Those that still answer when there are no vectors to compare with.
DEGRADED = (*BACKENDS, "related pages", "search_pages", "Django tags", "vector_search --json", "search page", "API")
