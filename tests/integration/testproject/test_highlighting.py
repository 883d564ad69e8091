"""Passages are cut to what matters and marked, and nothing in them can become markup."""

import pytest

from testproject.library.highlighting import EXCERPT_WORDS, highlighted


def test_words_of_the_question_are_marked():
    assert highlighted("Stop the loop.", "stop a loop early") == "<mark>Stop</mark> the <mark>loop</mark>."


def test_other_forms_of_a_word_are_marked_too():
    assert "<mark>copies</mark>" not in highlighted("copies", "nothing")
    assert highlighted("Copying and loops", "copy a loop") == "<mark>Copying</mark> and <mark>loops</mark>"


def test_words_that_stand_in_every_question_are_not_marked():
    assert "<mark>" not in highlighted("How to do this in the house", "how do I do this")


@pytest.mark.parametrize("query", ["script", "<script>", "<mark>", "lt amp", "alert 1", "&"])
def test_markup_in_text_or_query_stays_text(query):
    html = highlighted("<script>alert(1)</script> & <mark>", query)
    assert "<script" not in html
    assert html.count("<mark>") == html.count("</mark>")
    assert "&lt;" in html


def test_a_query_that_names_an_entity_does_not_break_it():
    assert highlighted("a < b & c", "lt amp") == "a &lt; b &amp; c"


def test_a_long_text_is_cut_around_the_words_asked_for():
    text = "filler " * 200 + "the break statement ends the loop " + "filler " * 200
    html = highlighted(text, "break loop")
    assert "<mark>break</mark>" in html
    assert html.startswith("… ")
    assert html.endswith(" …")
    assert len(html.split()) <= EXCERPT_WORDS + 2


def test_a_long_text_without_any_of_the_words_shows_its_beginning():
    assert highlighted("first " + "filler " * 200, "nothing").startswith("first filler")
