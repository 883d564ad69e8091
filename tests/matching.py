"""Whether a text has every word of a query, as the search reads both; without a database."""

from wagtail_vector_search.analysis import get_analyzer
from wagtail_vector_search.retrieval.query import analyse_query, weigh


def terms_of(text, language="en"):
    """Every term that a page with this text is stored with."""
    counts = get_analyzer(language, {}).count(text)
    return {*counts.frequencies, *counts.secondary}


def finds(query, text, language="en", *, page_language=""):
    """Whether the text has each word of the query, in one spelling or another."""
    known = dict.fromkeys(terms_of(text, page_language or language), 1)
    words = weigh(analyse_query(query, [get_analyzer(language, {})]), known)
    return bool(words) and all(known.get(term.text) for term in words if term.is_expected)


def cases(*rows):
    """Yield text and query of each row: a text, and the queries that have to find it."""
    return [(text, query) for text, *queries in rows for query in queries]


def cases_by_language(rows_by_language):
    """Return language, text and query of each row of each language."""
    return [(language, text, query) for language, rows in rows_by_language.items() for text, query in cases(*rows)]
