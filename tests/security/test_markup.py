"""Nothing that an editor or a visitor writes becomes markup, commands a terminal, or deceives a reader's eye."""

import json
from html.parser import HTMLParser
from io import StringIO

import pytest
from django.core.management import call_command
from django.template import engines
from django.utils.html import escape
from wagtail.models import Page

from testproject.library.templatetags.library_tags import excerpt
from tests.tally import tally
from wagtail_vector_search.content import clean_text, displayable
from wagtail_vector_search.management.commands.vector_search import EXCERPT
from wagtail_vector_search.retrieval import highlight

from .hostile import CONTENTS, DECEIVING, QUERIES
from .hostile_site import built

pytestmark = pytest.mark.django_db

WORDS = [
    "bread",
    "script",
    "mark",
    "alert onmouseover",
    "",
    "<script>",
    "x",
    ["bread", "lt", "amp", "quot", "39"],
    None,
]
#: All that a result of the demo's search page is made of.
RESULT_ELEMENTS = {"article", "h2", "h3", "a", "bdi", "p", "span", "mark"}
RESULT_ATTRIBUTES = {"class", "href", "dir"}
TITLE_LENGTH = 255


class Parsed(HTMLParser):
    """The elements of a page with their attributes, and its text, as a browser reads them."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.texts, self.unbalanced = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open and self.open[-1] != tag:
            self.unbalanced.append(tag)
        if tag in self.open:
            self.open.reverse()
            self.open.remove(tag)
            self.open.reverse()
        else:
            self.unbalanced.append(tag)

    def handle_comment(self, data):
        self.elements.append(("comment", {}))

    def handle_decl(self, decl):
        self.elements.append(("declaration", {}))

    def unknown_decl(self, data):
        self.elements.append(("declaration", {}))

    def handle_pi(self, data):
        self.elements.append(("instruction", {}))

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)


def storable(text):
    """What a database takes of a text, and a title holds."""
    return "".join(character for character in text if character != "\0" and not "\ud800" <= character <= "\udfff")


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    pages = {f"{name}: {storable(text)}"[:TITLE_LENGTH]: storable(text) for name, text in CONTENTS.items()}
    with built(pages, django_db_blocker) as home:
        yield home


# One text.


@pytest.mark.parametrize("text", [*CONTENTS.values(), *QUERIES.values()], ids=[*CONTENTS, *QUERIES])
def test_the_only_element_of_a_highlighted_text_is_our_own_mark(text):
    text = text[:200_000]
    for words in WORDS:
        tally("hostile texts")
        parsed = Parsed(highlight(text, words))
        assert {(tag, *attributes) for tag, attributes in parsed.elements} <= {("mark",)}
        assert (parsed.open, parsed.unbalanced) == ([], [])
        assert parsed.text == displayable(text)
        assert not DECEIVING & set(parsed.text)


@pytest.mark.parametrize("text", CONTENTS.values(), ids=CONTENTS)
def test_the_only_element_of_an_excerpt_is_our_own_mark(text):
    for words in WORDS:
        tally("hostile texts")
        parsed = Parsed(excerpt(highlight(f"{text} " * 20, words)))
        assert {(tag, *attributes) for tag, attributes in parsed.elements} <= {("mark",)}
        assert (parsed.open, parsed.unbalanced) == ([], [])


@pytest.mark.parametrize("text", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize(
    ("engine", "template"),
    [
        ("django", "{% load vector_search_tags %}<p>{{ text|highlight:words }}</p>"),
        ("django", '{% load vector_search_tags %}<h2 id="{{ text|heading_anchor }}">{{ text }}</h2>'),
        ("django", "{% load vector_search_tags %}{% filter with_anchors %}<h2>{{ text }}</h2>{% endfilter %}"),
        ("jinja2", "{% filter with_anchors %}<h2>{{ text }}</h2>{% endfilter %}"),
        ("jinja2", "<p>{{ text|highlight(words) }}</p>"),
        ("jinja2", '<h2 id="{{ text|heading_anchor }}">{{ text }}</h2>'),
    ],
)
def test_the_tags_and_filters_add_nothing_else(engine, template, text):
    tally("hostile texts")
    parsed = Parsed(engines[engine].from_string(template).render({"text": text, "words": "bread"}))
    (tag, attributes), *marks = parsed.elements
    assert (tag, set(attributes) <= {"id"}) == (template.split("<")[1][:2].rstrip(">"), True)
    assert all(mark == ("mark", {}) for mark in marks)
    assert parsed.open == parsed.unbalanced == []


def test_a_mark_of_the_editor_is_no_mark_of_ours():
    assert highlight("<mark>oven</mark> bread", "bread") == f"{escape('<mark>oven</mark>')} <mark>bread</mark>"


def test_right_to_left_text_keeps_its_letters_and_loses_its_controls():
    assert (
        highlight("\u202e\u05dc\u05d7\u05dd\u202c \u2067bread\u2069", "bread")
        == "\u05dc\u05d7\u05dd <mark>bread</mark>"
    )


def test_accents_are_kept_and_floods_of_them_are_not():
    vietnamese, hebrew, persian = (
        "ti\u1ebfng Vi\u1ec7t",
        "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u0596\u05d9\u05ea",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    )
    assert [displayable(text) for text in (vietnamese, hebrew, persian)] == [vietnamese, hebrew, persian]
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f"
    assert displayable(family * 20) == family * 20
    assert displayable("----\u2014\u2014" * 20) == "----\u2014\u2014" * 20
    for flood in ("\u0301", "\u0301\u0316", "\u0301\u200d", "\u05b0", "\u20dd", "\ufe0f"):
        assert len(displayable("b" + flood * 10_000)) <= 40


@pytest.mark.parametrize("text", [*CONTENTS.values(), *QUERIES.values()], ids=[*CONTENTS, *QUERIES])
def test_cleaning_twice_changes_nothing(text):
    tally("hostile texts")
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert not DECEIVING & set(cleaned)


# Whole pages.


def articles_of(html):
    """Return each result of a search page."""
    return [f"<article{rest.partition('</article>')[0]}</article>" for rest in html.split("<article")[1:]]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("mode", ["hybrid", "semantic", "compare", "keyword"])
@pytest.mark.parametrize("query", ["bread", "script alert onmouseover", "mark", "\u202e<mark>bread</mark>\u2066"])
@pytest.mark.urls("testproject.urls")
def test_a_result_of_the_search_page_is_made_of_our_elements_alone(client, mode, query):
    call_command("update_index", stdout=StringIO())
    html = client.get("/search/", {"q": query, "mode": mode}).content.decode()
    results = articles_of(html)
    assert len(results) >= (5 if query == "bread" else 0)
    for result in results:
        tally("hostile texts")
        parsed = Parsed(result)
        assert {tag for tag, _ in parsed.elements} <= RESULT_ELEMENTS
        assert {name for _, attributes in parsed.elements for name in attributes} <= RESULT_ATTRIBUTES
        assert all(attributes["href"].startswith("/page-") for tag, attributes in parsed.elements if tag == "a")
        assert (parsed.open, parsed.unbalanced) == ([], [])
        assert not DECEIVING & set(parsed.text)
    whole = Parsed(html)
    assert not any(name.startswith("on") for _, attributes in whole.elements for name in attributes)
    assert "script" not in {tag for tag, _ in whole.elements}
    assert not DECEIVING & set(whole.text)


TEMPLATES = {
    "django": "{% load vector_search_tags %}{% search_pages query limit=20 as found %}{% for page in found %}"
    "<li>{{ page.title|highlight:query }}{{ page.search_passage.heading }}"
    "{{ page.search_passage.text|highlight:query }}{% related_pages page as others %}"
    "{% for other in others %}{{ other.title }}{% endfor %}</li>{% endfor %}",
    "jinja2": "{% for page in search_pages(query, limit=20) %}<li>{{ page.title|highlight(query) }}"
    "{{ page.search_passage.heading }}{{ page.search_passage.text|highlight(query) }}"
    "{% for other in related_pages(page) %}{{ other.title }}{% endfor %}</li>{% endfor %}",
}


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("engine", TEMPLATES)
def test_templates_that_use_the_tags_hold_our_elements_alone(engine):
    tally("hostile texts", 20)
    parsed = Parsed(engines[engine].from_string(TEMPLATES[engine]).render({"query": "bread script mark"}))
    assert {(tag, *attributes) for tag, attributes in parsed.elements} == {("li",), ("mark",)}
    assert (parsed.open, parsed.unbalanced) == ([], [])
    assert len([tag for tag, _ in parsed.elements if tag == "li"]) == 20


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("backend", ["hybrid", "semantic", "keyword"])
def test_a_passage_holds_nothing_that_deceives(backend):
    for page in Page.objects.search("bread script", backend=backend):
        tally("hostile texts")
        shown = "".join((page.search_passage.heading, page.search_passage.anchor, page.search_passage.text))
        assert not DECEIVING & set(shown)
        assert len(page.search_passage.text) <= 2000


# The terminal.


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("query", ["bread", "\x1b[31mbread\x9b31m\u202e"])
def test_no_escape_sequence_reaches_the_terminal(query):
    for options in ([], ["--json"], ["--backend", "default"]):
        out, err = StringIO(), StringIO()
        call_command("vector_search", query, "--limit", "50", *options, stdout=out, stderr=err, no_color=True)
        said = out.getvalue() + err.getvalue()
        tally("hostile texts", len(CONTENTS))
        assert not DECEIVING & set(said)
        assert all(
            len(line) <= max(EXCERPT, TITLE_LENGTH) + 50 for line in said.splitlines() if "--json" not in options
        )


@pytest.mark.usefixtures("site")
def test_json_is_json():
    out = StringIO()
    call_command("vector_search", "bread", "--limit", "50", "--json", stdout=out)
    assert {"escape sequence", "override"} <= {
        row["title"].partition(":")[0] for row in json.loads(out.getvalue())["results"]
    }
