"""Abbreviations are found with and without their dots."""

import pytest

from tests.matching import cases, finds

ABBREVIATIONS = cases(
    ("U.S.A.", "usa", "U.S.A.", "u.s.a"),
    ("USA", "U.S.A."),
    ("Ph.D. students", "phd", "Ph.D."),
    ("the e.g. case", "e.g.", "eg"),
    ("N.H.S. trust", "nhs trust"),
    ("A.B.C.", "abc"),
)


@pytest.mark.parametrize(("text", "query"), ABBREVIATIONS)
def test_dots_make_no_other_word(text, query):
    assert finds(query, text)


def test_the_end_of_a_sentence_is_no_abbreviation():
    assert finds("end", "This is the end.Then more")
