"""Texts are cut so that PostgreSQL loses no word."""

from hypothesis import given
from hypothesis import strategies as st

from wagtail_vector_search.indexing.terms import count_pages_with, cut


def test_a_short_text_stays_whole():
    assert list(cut("The boat crosses the sea.", 100)) == ["The boat crosses the sea."]


def test_nothing_is_cut_into_nothing():
    assert list(cut("", 100)) == []
    assert list(cut("  \n ", 100)) == []


def test_a_long_text_is_cut_between_words():
    pieces = list(cut("boat sea wind sails", 10))
    assert [piece.split() for piece in pieces] == [["boat", "sea"], ["wind"], ["sails"]]


def test_a_word_longer_than_a_piece_is_cut_anywhere():
    assert list(cut("x" * 25, 10)) == ["x" * 10, "x" * 10, "x" * 5]


@given(st.lists(st.text(alphabet="ab", min_size=1, max_size=9)), st.integers(10, 40))
def test_no_word_is_lost_or_broken(words, length):
    pieces = list(cut(" ".join(words), length))
    assert [word for piece in pieces for word in piece.split()] == words
    assert all(len(piece) <= length for piece in pieces)


def test_a_page_counts_once_for_a_term_that_occurs_several_times():
    assert count_pages_with([{"boat": 7, "sea": 1}, {"boat": 1}]) == {"boat": 2, "sea": 1}
