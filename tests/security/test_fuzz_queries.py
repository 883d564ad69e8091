"""The path of a query, from what was typed to what is shown, on generated inputs."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelsearch.query import And, Boost, Not, Or, Phrase, PlainText
from wagtail.models import Page, PageViewRestriction

from tests.tally import tally
from wagtail_vector_search.backends.keyword_query import MAX_WORDS, clean_query
from wagtail_vector_search.content import displayable
from wagtail_vector_search.generations.serving import ServingGeneration
from wagtail_vector_search.ranking.constants import MAX_JOINED, MAX_TERMS
from wagtail_vector_search.retrieval import highlight, load_pages, normalise_query, rank_pages
from wagtail_vector_search.retrieval.embedding import cache_key

from .hostile import CONTENTS, DECEIVING
from .hostile_site import built
from .profiles import fuzzed
from .test_markup import Parsed, storable
from .texts import texts

pytestmark = pytest.mark.django_db

HIDDEN = "private bread"
GENERATION = ServingGeneration(1, "fingerprint", {}, 256, 10)


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    pages = {f"{name} {number}": storable(text) for number, (name, text) in enumerate(CONTENTS.items())}
    with built({**pages, HIDDEN: "<p>bread</p>"}, django_db_blocker) as home:
        PageViewRestriction.objects.create(page=Page.objects.get(title=HIDDEN), restriction_type="login")
        yield home


@fuzzed
@given(texts, st.integers(1, 300))
def test_normalising_is_done_once_and_bounded(query, length):
    tally("fuzzed queries")
    once = normalise_query(query, length)
    assert normalise_query(once, length) == once
    assert len(once) <= length
    assert not DECEIVING & set(once)
    assert "\n" not in once
    assert "\0" not in once
    once.encode()


@fuzzed
@given(texts, st.sampled_from(["  ", "\t", "\n", "\u00a0", "\u3000", "\u200b ", "\x00 "]))
def test_spellings_of_one_query_share_a_place_in_the_cache(query, space):
    tally("fuzzed queries")
    words = normalise_query(query, 200).split()
    spelt = normalise_query(f" {space.join(words)} ", 400)
    assert cache_key(spelt, GENERATION) == cache_key(" ".join(words), GENERATION)


@fuzzed
@given(query=texts)
def test_a_search_answers_with_visible_pages_and_clean_passages(site, query):
    tally("fuzzed queries")
    pages = Page.objects.all()
    ranking = rank_pages(query, pages)
    found = load_pages(ranking, pages)
    assert len(ranking.terms) <= MAX_TERMS + MAX_JOINED
    assert {page.title for page in found} <= set(Page.objects.live().public().values_list("title", flat=True))
    assert len({page.pk for page in found}) == len(found) == len(ranking.pages)
    for page in found[:3]:
        shown = highlight(page.search_passage.text, query) + highlight(page.search_passage.text, ranking.terms)
        assert {(tag, *attributes) for tag, attributes in Parsed(shown).elements} <= {("mark",)}
        assert not DECEIVING & set(shown)


@fuzzed
@given(query=texts)
def test_the_keyword_backend_answers_with_visible_pages(site, query):
    tally("fuzzed queries")
    assert HIDDEN not in [page.title for page in Page.objects.search(query, backend="hybrid", operator="and")]
    assert HIDDEN not in [page.title for page in Page.objects.autocomplete(query, backend="hybrid")]


leaves = st.one_of(texts.map(PlainText), texts.map(Phrase), texts.map(lambda text: PlainText(text, operator="or")))
structures = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.lists(parts, max_size=4).map(And),
        st.lists(parts, max_size=4).map(Or),
        parts.map(Not),
        parts.map(lambda part: Boost(part, 2)),
    ),
    max_leaves=20,
)


@fuzzed
@given(query=structures)
@pytest.mark.filterwarnings("ignore:The Boost query is not supported")
def test_structured_queries_are_answered(site, query):
    tally("fuzzed queries")
    cleaned = clean_query(query, 1000)
    assert "\\x00" not in repr(cleaned)
    assert sum(len(text.replace("-", " ").split()) for text in leaf_texts(cleaned)) <= MAX_WORDS
    assert HIDDEN not in [page.title for page in Page.objects.search(query, backend="hybrid")]


def leaf_texts(query):
    if isinstance(query, (And, Or)):
        return [text for part in query.subqueries for text in leaf_texts(part)]
    if isinstance(query, (Not, Boost)):
        return leaf_texts(query.subquery)
    return [query if isinstance(query, str) else query.query_string]


@fuzzed
@given(texts, st.one_of(texts, st.lists(st.text(max_size=8), max_size=60)))
def test_highlighting_changes_nothing_but_marks(text, words):
    tally("fuzzed queries")
    html = highlight(text, words)
    parsed = Parsed(html)
    assert {(tag, *attributes) for tag, attributes in parsed.elements} <= {("mark",)}
    assert (parsed.open, parsed.unbalanced) == ([], [])
    assert unescape(html.replace("<mark>", "").replace("</mark>", "")) == displayable(text)
    assert "<mark></mark>" not in html
