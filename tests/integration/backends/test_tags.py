"""The template tags of Django and of Jinja2 say the same."""

import re

import pytest
from django.template import engines
from wagtail.models import Locale, Page, PageViewRestriction
from wagtail.rich_text import RichText

from tests.kept import kept

pytestmark = pytest.mark.django_db


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


DJANGO = {
    "related": "{% load vector_search_tags %}{% related_pages page limit=1 as pages %}"
    "{% for page in pages %}{{ page.title }}{% endfor %}",
    "search": "{% load vector_search_tags %}{% search_pages query limit=1 as results %}"
    "{% for page in results %}{{ page.title }}: {{ page.search_passage.text|highlight:query }}{% endfor %}",
    "highlight": "{% load vector_search_tags %}{{ text|highlight:query }}",
    "anchor": "{% load vector_search_tags %}{{ text|heading_anchor }}",
    "anchors": "{% load wagtailcore_tags vector_search_tags %}"
    "{% filter with_anchors %}{% for block in blocks %}{% include_block block %}{% endfor %}{% endfilter %}",
    "anchors of one": "{% load vector_search_tags %}{{ text|with_anchors }}",
}
JINJA = {
    "related": "{% for page in related_pages(page, limit=1) %}{{ page.title }}{% endfor %}",
    "search": "{% for page in search_pages(query, limit=1) %}"
    "{{ page.title }}: {{ page.search_passage.text|highlight(query) }}{% endfor %}",
    "highlight": "{{ text|highlight(query) }}",
    "anchor": "{{ text|heading_anchor }}",
    "anchors": "{% filter with_anchors %}{% for block in blocks %}{{ block }}{% endfor %}{% endfilter %}",
    "anchors of one": "{{ text|with_anchors }}",
}


@pytest.fixture(params=["django", "jinja2"])
def render(request):
    """Return a function that renders one of the templates."""
    templates = {"django": DJANGO, "jinja2": JINJA}[request.param]
    return lambda name, **context: engines[request.param].from_string(templates[name]).render(context).strip()


def test_related_pages(site, render):
    assert render("related", page=site["Sailing"]) == "Harbour"


@pytest.mark.parametrize("page", [None, ""])
def test_related_pages_of_nothing_are_none(site, render, page):
    assert render("related", page=page) == ""


def test_search_pages(site, render):
    assert render("search", query="bread oven") == (
        "Bread: Flour and water become <mark>bread</mark> in an <mark>oven</mark>."
    )


def test_search_pages_for_nothing_finds_nothing(site, render):
    assert render("search", query="") == ""


def test_search_pages_finds_no_hidden_page(site, render):
    PageViewRestriction.objects.create(page=site["Bread"], restriction_type="login")
    assert "Bread" not in render("search", query="bread oven")


def test_search_pages_keeps_to_the_active_locale(site, render):
    Page.objects.filter(title="Bread").update(locale=Locale.objects.create(language_code="fr"))
    assert "Bread" not in render("search", query="bread oven")


def test_highlight_escapes_before_it_marks(render):
    html = render("highlight", text="<b>bread</b> & wine", query="bread")
    assert html == "&lt;b&gt;<mark>bread</mark>&lt;/b&gt; &amp; wine"


def test_heading_anchor_is_that_of_passages(render):
    from wagtail_vector_search.content import heading_anchor

    assert render("anchor", text="Über uns & mehr") == heading_anchor("Über uns & mehr")


def test_with_anchors_gives_all_headings_of_a_page_anchors_of_their_own(render):
    html = render("anchors", blocks=[RichText("<h2>Fees</h2>"), RichText("<h2>Fees</h2><h3>???</h3>")])
    assert re.findall(r'<h\d id="([^"]*)">', html) == ["fees", "fees-2", "section"]


def test_with_anchors_takes_rich_text_and_escapes_other_text(render):
    assert render("anchors of one", text=RichText("<h2>Fees</h2>")) == '<h2 id="fees">Fees</h2>'
    assert render("anchors of one", text="<h2>Fees</h2>") == "&lt;h2&gt;Fees&lt;/h2&gt;"
    assert render("anchors of one", text=None) == ""
