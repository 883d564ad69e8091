"""Signs that mean something stay with their word."""

import pytest

from tests.matching import cases, finds, terms_of

SIGNS = cases(
    ("C++", "c++", "C++", "c"),
    ("C#", "c#"),
    ("F#", "f#"),
    (".NET upgrade", ".net", ".NET", "net"),
    ("A+", "a+"),
    ("Use C++, not C.", "c++"),
    ("(C#)", "c#"),
    ("Notepad++", "notepad++", "notepad"),
    ("AT&T", "at&t", "AT & T", "AT&T"),
    ("R&D tax", "r&d", "r & d", "R&D"),
    ("Q&A", "q&a", "q & a"),
    ("R & D", "r&d"),
    ("P&O", "p&o"),
    ("#tag", "tag", "#tag"),
    ("@mention", "mention"),
    ("28℃", "28℃"),
    ("☎ 123", "123"),
)


@pytest.mark.parametrize(("text", "query"), SIGNS)
def test_signs_are_a_part_of_their_word(text, query):
    assert finds(query, text)


@pytest.mark.parametrize(("first", "second"), [("c", "c++"), ("c", "c#"), ("c++", "c#"), ("net", ".net"), ("a", "a+")])
def test_words_that_differ_by_their_sign_are_two(first, second):
    assert terms_of(second) - terms_of(first)
