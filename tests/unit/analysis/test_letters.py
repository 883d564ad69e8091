"""Accents, ligatures, width, composition and invisible signs make no other word."""

import pytest

from tests.matching import cases, finds, terms_of
from wagtail_vector_search.content import clean_text

LETTERS = cases(
    ("José Muñoz", "jose", "jose munoz", "josé muñoz", "JOSÉ MUÑOZ"),
    ("Jose", "josé"),
    ("Łódź", "lodz", "łódź", "LODZ"),
    ("Zürich", "zurich", "zuerich", "zürich"),
    ("café", "cafe"),
    ("cafe", "café"),
    ("naïve", "naive"),
    ("Ærø", "aero", "aeroe", "ærø"),
    ("Straße", "strasse", "straße"),
    ("Dvořák", "dvorak"),
    ("Ångström", "angstrom"),
    ("Đorđe", "dorde"),
    ("İstanbul", "istanbul"),
    ("proﬁt", "profit"),
    ("oﬃcer", "officer"),
    ("ﬂow chart", "flow", "flow chart"),
    ("eﬃcient", "efficient"),
    ("ＡＢＣ１２３", "abc123"),
    ("abc123", "ＡＢＣ１２３"),
    ("ﬆreet", "street"),
    ("œuvre", "oeuvre"),
    ("Ⅷ", "viii"),
    ("cafe\u0301", "café", "cafe"),
    ("café", "cafe\u0301"),
    ("Mu\u0308ller", "müller"),
    ("ﬁn\u0301", "fin"),
)


@pytest.mark.parametrize(("text", "query"), LETTERS)
def test_a_word_is_found_however_its_letters_are_written(text, query):
    assert finds(query, text)


@pytest.mark.parametrize("invisible", ["\u00ad", "\u200b", "\u2060", "\ufeff"])
def test_an_invisible_sign_within_a_word_is_no_part_of_it(invisible):
    assert finds("cooperate", clean_text(f"co{invisible}operate"))
    assert finds(clean_text(f"co{invisible}operate"), "cooperate")


def test_the_word_with_its_accent_is_a_term_of_its_own():
    assert "resumé" in terms_of("resumé") - terms_of("resume")
