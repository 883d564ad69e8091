"""Passages are cut to what matters, never through an element."""

from testproject.library.templatetags.library_tags import EXCERPT_WORDS, excerpt
from wagtail_vector_search.retrieval import highlight


def test_a_short_passage_is_shown_whole():
    assert excerpt(highlight("Stop the loop.", "loop")) == "Stop the <mark>loop</mark>."


def test_a_long_passage_is_cut_around_the_words_asked_for():
    text = "filler " * 200 + "the break statement ends the loop " + "filler " * 200
    html = excerpt(highlight(text, "break loop"))
    assert "<mark>break</mark>" in html
    assert "<mark>loop</mark>" in html
    assert html.startswith("… ")
    assert html.endswith(" …")
    assert len(html.split()) <= EXCERPT_WORDS + 2


def test_a_long_passage_without_any_of_the_words_shows_its_beginning():
    assert excerpt(highlight("first " + "filler " * 200, "nothing")).startswith("first filler")


def test_markup_in_a_passage_stays_text():
    html = excerpt(highlight("<script>alert(1)</script> " * 100, "script"))
    assert "<script" not in html
    assert html.count("<mark>") == html.count("</mark>") > 0
