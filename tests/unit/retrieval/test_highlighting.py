"""Marking the words of a query in untrusted text."""

import re
import time

import pytest

from wagtail_vector_search.retrieval import highlight


@pytest.mark.parametrize(
    ("text", "words", "html"),
    [
        ("Leave a loop early", "loop", "Leave a <mark>loop</mark> early"),
        ("Loops and LOOPING", "loop", "<mark>Loops</mark> and <mark>LOOPING</mark>"),
        ("a loop", "loops", "a <mark>loop</mark>"),
        ("a sloop", "loop", "a sloop"),
        ("the cat", "the loop", "the cat"),
        ("to be or not", "to be", "<mark>to</mark> <mark>be</mark> or not"),
        ("libraries and library", ["librari"], "<mark>libraries</mark> and <mark>library</mark>"),
        ("copper and a copy", ["copi"], "copper and a <mark>copy</mark>"),
        ("if x<y then", "x<y", "if <mark>x</mark>&lt;<mark>y</mark> then"),
        ("looping and loophole", "loop", "<mark>looping</mark> and loophole"),
        ("PEP 8 and PEP 88", "pep 8", "<mark>PEP</mark> <mark>8</mark> and <mark>PEP</mark> 88"),
        ("PEP 8 and PEP8", "pep8", "PEP 8 and <mark>PEP8</mark>"),
        ("x.y z", "x.y", "<mark>x.y</mark> z"),
        ("an e-mail, mailed", "email", "an <mark>e-mail</mark>, mailed"),
        ("an email", "e-mail", "an <mark>email</mark>"),
        ("Caf\u00e9s and cafes", "cafe", "<mark>Caf\u00e9s</mark> and <mark>cafes</mark>"),
        ("StreamField", "field", "<mark>StreamField</mark>"),
        ("我是中国人吗", "中国人", "我是<mark>中国人</mark>吗"),
        ("我是中国人吗", ["中国"], "我是<mark>中国</mark>人吗"),
        ("nothing", "", "nothing"),
        ("nothing", "?!", "nothing"),
        (None, "word", ""),
        (12, "12", "<mark>12</mark>"),
    ],
)
def test_words_are_marked_that_the_search_would_find(text, words, html):
    assert highlight(text, words) == html


HOSTILE = [
    "<script>alert('script')</script>",
    '"><img src=x onerror="alert(1)">',
    "</mark><script>mark</script>",
    "&lt;b&gt; & amp",
    "<mark>mark</mark>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("query", ["script", "mark", "img onerror", "b amp lt", "<script>", "alert(1)", "&"])
def test_the_only_markup_that_comes_out_is_our_own(text, query):
    html = highlight(text, query)
    outside = re.sub(r"</?mark>", "", html)
    assert not re.search(r"[<>\"']", outside)
    assert html.count("<mark>") == html.count("</mark>")


def test_markup_declared_safe_is_escaped_as_well():
    from django.utils.safestring import mark_safe

    assert highlight(mark_safe("<b>bold</b>"), "bold") == "&lt;b&gt;<mark>bold</mark>&lt;/b&gt;"


def test_an_endless_query_costs_no_endless_time():
    started = time.perf_counter()
    highlight("some text " * 100, "word" * 100 + " w" * 1_000_000)
    assert time.perf_counter() - started < 1
