"""Every apostrophe is the same; elided words and endings do not hide the word."""

import pytest

from tests.matching import cases_by_language, finds

#: Language code, text, queries.
APOSTROPHES = cases_by_language(
    {
        "en": [
            ("O'Brien", "obrien", "o'brien", "O’Brien", "OʼBrien", "brien"),
            ("O’Brien", "o'brien", "obrien"),
            ("the children's library", "children", "children's", "childrens", "children’s"),
            ("Levi’s", "levis", "levi's", "levi"),
            ("don't", "don't", "don’t", "dont"),
            ("rock 'n' roll", "rock 'n' roll", "rock n roll"),
            ("the dogs' bowls", "dogs", "dog"),
        ],
        "fr": [
            ("L’école d’été", "école", "ecole", "l'ecole", "l’école", "été", "ete", "d'été", "l`école"),
            ("l’orphelinat", "orphelinat"),
            ("qu’il vienne", "vienne"),
            ("aujourd'hui", "aujourd’hui", "aujourdhui"),
            ("presqu’île", "île", "presqu'ile"),
            ("prud’homme", "prudhomme", "prud'homme"),
        ],
        "it": [
            ("dell'acqua", "acqua", "dell’acqua", "l'acqua"),
            ("l’università", "università", "universita"),
            ("un'amica", "amica"),
        ],
        "ca": [
            ("l'ajuntament", "ajuntament", "l’ajuntament"),
            ("d’estiu", "estiu"),
            ("col·legi", "collegi", "col.legi", "col·legi"),
        ],
        "tr": [
            ("İstanbul’da", "istanbul", "istanbul'da"),
            ("Türkiye'nin", "türkiye"),
        ],
        "uk": [
            ("обʼєкт", "об'єкт", "об’єкт", "обʼєкт", "обєкт"),
            ("Сім'я", "сімʼя", "сім’я", "сімя"),
            ("Кам’янець", "кам'янець", "камʼянець", "камянець"),
        ],
        "he": [
            ("צה״ל", "צהל", 'צה"ל', "צה״ל"),
            ("ג׳ירפה", "ג'ירפה", "גירפה"),
        ],
    }
)


@pytest.mark.parametrize(("language", "text", "query"), APOSTROPHES)
def test_a_word_is_found_with_any_apostrophe_and_without(language, text, query):
    assert finds(query, text, language)
