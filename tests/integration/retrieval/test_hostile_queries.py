"""Whatever is typed, a search answers."""

import pytest
from wagtail.models import Page

pytestmark = pytest.mark.django_db

QUERIES = {
    "NUL": "bread\x00oven",
    "lone surrogate": "bread \ud800 oven",
    "10 MB": "bread oven " * 1_000_000,
    "one endless word": "b" * 1_000_000,
    "500 words": " ".join(f"word{number}" for number in range(500)),
    "only punctuation": "?!.,;:-_()[]{}",
    "only stop words": "the of and to a in is it",
    "tsquery operators": "bread & | ! <-> <2> oven:* (unbalanced",
    "quotes": "'bread\" `oven` \\'; --",
    "SQL": "'; DROP TABLE wagtailcore_page; --",
    "percent signs": "100% %s %(name)s %%",
    "braces": "{bread} {0} ${oven}",
    "backslashes": "\\bread\\x00\\u0000",
    "emoji": "\U0001f35e \U0001f468\u200d\U0001f373",
    "right to left": "\u202ebread\u202c \u05dc\u05d7\u05dd",
    "combining marks": "b\u0301\u0302\u0303read " * 50,
    "markup": "<script>alert('bread')</script>",
    "path": "../../etc/passwd",
    "URL": "https://user:secret@example.com/bread?x=1#oven",
    "numbers": "1e400 -0 NaN Infinity 0x1F",
    "control characters": "".join(map(chr, range(1, 32))) + "bread",
}


@pytest.mark.parametrize("backend", ["hybrid", "semantic", "keyword"])
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_of_any_content_is_answered(site, backend, query):
    results = Page.objects.search(query, backend=backend)
    assert len(list(results[:10])) <= results.count()
    assert all(page.title for page in results)


@pytest.mark.parametrize("backend", ["hybrid", "semantic", "keyword"])
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_so_it_is_where_the_keyword_backend_answers(articles, backend, query):
    results = Page.objects.search(query, backend=backend)
    assert len(list(results[:10])) <= results.count()
    list(Page.objects.search(query, backend=backend, operator="and"))
    list(Page.objects.autocomplete(query, backend=backend))


@pytest.mark.parametrize("name", ["NUL", "lone surrogate", "10 MB", "tsquery operators", "quotes", "percent signs"])
def test_the_words_in_it_still_count(site, name):
    assert "Baking bread" in [page.title for page in Page.objects.search(f"bread {QUERIES[name]}", backend="keyword")]


@pytest.mark.parametrize("name", ["only punctuation"])
@pytest.mark.parametrize("backend", ["hybrid", "semantic", "keyword"])
def test_nothing_to_search_for_finds_nothing(site, name, backend):
    assert list(Page.objects.search(QUERIES[name], backend=backend)) == []


def test_only_stop_words_find_nothing_by_words(site):
    assert list(Page.objects.search(QUERIES["only stop words"], backend="keyword")) == []
