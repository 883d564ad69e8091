"""Whatever is typed, wherever: a search answers, and does no more work than for any other query."""

import json
from functools import reduce
from io import StringIO
from operator import or_
from urllib.parse import quote_from_bytes

import pytest
from django.core.management import call_command
from django.db import NotSupportedError, connection, transaction
from django.template import engines
from django.test.utils import CaptureQueriesContext
from modelsearch.query import MATCH_ALL, And, Boost, Fuzzy, Not, Or, Phrase, PlainText
from modelsearch.utils import parse_query_string
from wagtail.models import Page

from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search.backends.keyword_query import MAX_WORDS, clean_query
from wagtail_vector_search.ranking.constants import MAX_JOINED, MAX_PASSAGE_TERMS, MAX_TERMS
from wagtail_vector_search.retrieval import normalise_query, rank_pages, search_pages

from .hostile import QUERIES
from .hostile_site import built, retire_index

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

BACKENDS = ["hybrid", "semantic", "keyword"]
MODES = ["hybrid", "semantic", "keyword", "compare"]


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    pages = {
        "Baking bread": "<p>Flour, water and salt become bread in a hot oven.</p>",
        "Harbour at dawn": "<p>Boats rest in the harbour while the sea is rough.</p>",
    }
    with built(pages, django_db_blocker) as home:
        yield home


def search(query, backend, queryset=None, **options):
    return (Page.objects.all() if queryset is None else queryset).search(query, backend=backend, **options)


def read(results):
    assert len(list(results[:10])) <= results.count()


each_query = pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
each_backend = pytest.mark.parametrize("backend", BACKENDS)


@each_query
def test_a_query_of_any_content_is_answered(query):
    for backend in BACKENDS:
        tally("hostile queries")
        results = search(query, backend, ArticlePage.objects.all())
        read(results)
        assert results.degraded is False
        assert sum(results.facet("category").values()) == results.count()


@each_query
def test_a_query_is_answered_where_the_index_is_not_built(query):
    retire_index()
    for backend in BACKENDS:
        tally("hostile queries")
        results = search(query, backend, ArticlePage.objects.all())
        read(results)
        assert sum(results.facet("category").values()) == results.count()


@each_query
def test_a_query_is_answered_by_the_keyword_backend(query):
    tally("hostile queries", 4)
    read(search(query, "hybrid", operator="and"))
    read(search(query, "hybrid", order_by_relevance=False))
    read(search(query, "hybrid", fields=["title"]))
    read(Page.objects.autocomplete(query, backend="hybrid"))


STRUCTURES = {
    "plain text, all words": PlainText,
    "plain text, any word": lambda query: PlainText(query, operator="or"),
    "phrase": Phrase,
    "boost": lambda query: Boost(Phrase(query), 2),
    "not": lambda query: Not(PlainText(query)),
    "and": lambda query: And([PlainText(query), Phrase("bread")]),
    "or": lambda query: PlainText(query) | Phrase(query) | Not(PlainText(query)),
    "500 alternatives": lambda query: reduce(or_, [PlainText(query[:1000])] * 500),
    "as Wagtail's documentation parses it": lambda query: parse_query_string(query[:100_000])[1],
}


@each_query
@pytest.mark.filterwarnings("ignore:The Boost query is not supported")
def test_a_structured_query_is_answered(query):
    for structure in STRUCTURES.values():
        tally("hostile queries")
        read(search(structure(query), "hybrid"))


@each_query
def test_a_fuzzy_query_is_refused_only_for_want_of_its_extension(query):
    tally("hostile queries")
    try:
        with transaction.atomic():
            read(search(Fuzzy(query), "hybrid"))
    except NotSupportedError as error:
        assert "pg_trgm" in str(error)


def test_match_all_still_matches_all():
    assert search(MATCH_ALL, "hybrid").count() == Page.objects.filter(depth__gt=1, live=True).count()


@pytest.mark.parametrize("query", [Not(PlainText("zebra")), Boost(PlainText("bread"), 2), Phrase("hot oven")], ids=repr)
@pytest.mark.filterwarnings("ignore:The Boost query is not supported")
def test_a_structured_query_means_what_it_did(query):
    call_command("update_index", stdout=StringIO())
    assert "Baking bread" in [page.title for page in search(query, "hybrid")]


@each_query
def test_search_pages_and_the_tags_answer(query):
    tally("hostile queries", 4)
    read(search_pages(query))
    for template in (
        "{% load vector_search_tags %}{% search_pages query as found %}{{ found }}{{ 'bread'|highlight:query }}",
        "{{ search_pages(query) }}{{ 'bread oven'|highlight(query) }}",
    ):
        engine = engines["jinja2" if "load" not in template else "django"]
        assert engine.from_string(template).render({"query": query})


@each_query
@pytest.mark.urls("testproject.urls")
def test_the_search_page_answers(client, query):
    raw = quote_from_bytes(query.encode("utf-8", "surrogatepass"))  # what no browser would send
    for mode in MODES:
        tally("hostile queries")
        assert client.get("/search/", QUERY_STRING=f"q={raw}&mode={mode}").status_code == 200


@pytest.mark.parametrize(
    "parameters",
    [
        "q=bread&page=" + "9" * 5000,
        "q=bread&page=-1",
        "q=bread&page=%00",
        "q=bread&page=1e9",
        "q=bread&page=%D9%A1",
        "q=bread&page=NaN&page=2",
        "q=bread&mode=%00&section=%00",
        "q=bread&section=99999999999999999999999",
        "q=bread&section=1%27%20OR%201=1",
        "q=%ff%fe%00bread",
        "q=%ED%A0%80bread",
        "q=%u0041&q=%",
        "q=caf%E9",
        "q[]=bread&q[x]=1",
        "q=bread&" + "&".join(f"x{number}=%00" for number in range(500)),
        "%00=%00&q=bread&page=2",
        "q=bread&" + "%ff=%ff",
    ],
)
@pytest.mark.urls("testproject.urls")
def test_the_search_page_takes_any_parameter(client, parameters):
    for mode in MODES:
        tally("hostile queries")
        assert client.get("/search/", QUERY_STRING=f"mode={mode}&{parameters}").status_code == 200


@each_query
def test_the_command_answers(query):
    for backend in ("hybrid", "default"):
        tally("hostile queries", 2)
        out = StringIO()
        call_command("vector_search", "--backend", backend, "--json", "--", query, stdout=out)
        assert len(json.loads(out.getvalue())["results"]) <= 5
        call_command("vector_search", "--backend", backend, "--", query, stdout=StringIO())


@pytest.mark.parametrize(
    "name", ["NUL", "lone surrogate", "10 MB", "tsquery operators", "quotes", "percent signs", "regular expression"]
)
def test_the_words_in_it_still_count(name):
    assert "Baking bread" in [page.title for page in search(f"bread {QUERIES[name]}", "keyword")]


@pytest.mark.parametrize("name", ["nothing", "only punctuation", "only hyphens"])
@each_backend
def test_nothing_to_search_for_finds_nothing(name, backend):
    assert list(search(QUERIES[name], backend)) == []


def test_only_stop_words_find_the_pages_that_have_them():
    found = [page.title for page in search(QUERIES["only stop words"], "keyword")]
    assert found == ["Harbour at dawn", "Baking bread"]
    assert list(search("zzz " + QUERIES["only stop words"], "keyword")) == []


#: What PostgreSQL thinks of one look-up in an index.
LOOK_UP = 10

# No slow plan: the work is bounded by what is sent to PostgreSQL, and by what PostgreSQL thinks of it.

LONGEST_STATEMENT = 40_000


def statements_of(query, backend="hybrid"):
    with CaptureQueriesContext(connection) as captured:
        results = search(query, backend)
        read(results)
    statements = [entry["sql"] for entry in captured.captured_queries]
    return [statement for statement in statements if "SAVEPOINT" not in statement[:20]], results


def cost_of(statement):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
        return cursor.fetchone()[0][0]["Plan"]["Total Cost"]


@each_query
def test_no_query_costs_more_statements_or_longer_ones(query):
    tally("hostile queries")
    statements, results = statements_of(query)
    assert len(statements) <= 5
    assert all(len(statement) <= LONGEST_STATEMENT for statement in statements)
    assert len(results.terms) <= MAX_TERMS + MAX_JOINED


@pytest.mark.parametrize(
    "name", ["500 words", "10 MB", "endless Chinese", "endless URL", "500 letters", "flood of marks"]
)
def test_no_query_has_a_dearer_plan(name):
    tally("hostile queries")
    ordinary = sum(map(cost_of, statements_of("bread from a hot oven")[0]))
    look_ups = LOOK_UP * (MAX_TERMS + MAX_JOINED)
    assert sum(map(cost_of, statements_of(QUERIES[name])[0])) <= 3 * ordinary + look_ups


@pytest.mark.parametrize("query", [QUERIES["endless Chinese"], " ".join(f"w{n}" for n in range(20_000))])
def test_terms_are_capped_however_long_a_query_may_be(configure, query):
    configure(MAX_QUERY_LENGTH=100_000)
    ranking = rank_pages(query, Page.objects.all())
    assert MAX_TERMS / 2 <= len(ranking.terms) <= MAX_TERMS
    assert ranking.passages
    assert len(ranking.passages.shares) == MAX_PASSAGE_TERMS
    assert sum(ranking.passages.shares.values()) == pytest.approx(1)


def test_the_first_words_of_a_long_query_are_the_ones_that_count(configure):
    configure(MAX_QUERY_LENGTH=100_000)
    words = " ".join(f"w{number}" for number in range(1000))
    assert search(f"bread {words}", "keyword").count() == 1
    assert search(f"{words} bread", "keyword").count() == 0


@each_query
def test_the_keyword_backend_gets_few_words(query):
    tally("hostile queries")
    for cleaned in (clean_query(query, 1000), getattr(clean_query(PlainText(query), 1000), "query_string", "")):
        assert len(cleaned.replace("-", " ").split()) <= MAX_WORDS
        assert cleaned == normalise_query(cleaned, 1000)


def test_all_parts_of_a_structured_query_share_the_words_and_its_depth_is_bounded():
    deep = PlainText("bread")
    for _ in range(5000):
        deep = Not(And([deep, Phrase("oven")]))
    assert repr(clean_query(deep, 1000)).count("oven") <= 16
    assert repr(clean_query(Or([PlainText("a b c")] * 500), 1000)).count(" c'") == MAX_WORDS // 3


def test_a_structured_query_is_not_changed_itself():
    query = And([PlainText("bread\x00"), Phrase("a")])
    clean_query(query, 1000)
    assert query.subqueries[0].query_string == "bread\x00"
