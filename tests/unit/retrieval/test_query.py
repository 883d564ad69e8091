"""What is left of a query before it is searched for."""

import time

import pytest

from wagtail_vector_search.retrieval import normalise_query


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  copy   a\n\tdictionary ", "copy a dictionary"),
        ("nul\x00 byte", "nul byte"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("zero\u200bwidth", "zerowidth"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("'quoted' & (x | y) !z <-> :*", "'quoted' & (x | y) !z <-> :*"),
        ("\u4e2d\u6587", "\u4e2d\u6587"),
        ("\U0001f389", "\U0001f389"),
    ],
)
def test_text_is_cleaned_and_put_into_one_line(typed, read):
    assert normalise_query(typed, 100) == read


@pytest.mark.parametrize(
    "typed", ["", "   ", "\x00", "?!", "& | ! <-> :*", "\u2026\u2014\u00ab\u00bb", "\u3000\u3002", "' or 1=1 --"[:1]]
)
def test_a_query_without_letters_digits_or_symbols_is_empty(typed):
    assert normalise_query(typed, 100) == ""


def test_a_long_query_is_cut():
    assert normalise_query("abc " * 100, 10) == "abc abc ab"
    assert normalise_query("abcdefghi jkl", 10) == "abcdefghi"


def test_megabytes_are_not_even_read():
    started = time.perf_counter()
    assert len(normalise_query("word \u0301" * 2_000_000, 1000)) <= 1000
    assert time.perf_counter() - started < 1


def test_equal_queries_become_one():
    assert len({normalise_query(typed, 100) for typed in ("a b", " a  b", "a\u00a0b ", "a\u200b b", "a\nb")}) == 1
