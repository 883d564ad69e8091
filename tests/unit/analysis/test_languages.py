"""What people of each language type, with and without their keyboard."""

import pytest

from tests.matching import cases_by_language, finds

#: Language code, text, queries.
LANGUAGES = cases_by_language(
    {
        "de": [
            (
                "Öffnungszeiten der Bücherei",
                "öffnungszeiten",
                "ÖFFNUNGSZEITEN",
                "oeffnungszeiten",
                "offnungszeiten",
                "bücherei",
                "buecherei",
                "bucherei",
            ),
            ("Müller GmbH", "mueller", "muller", "MÜLLER"),
            ("Mueller und Söhne", "müller", "soehne", "sohne", "söhne"),
            ("Straße", "strasse", "STRASSE", "Straßen"),
            ("Strasse", "straße"),
            ("Häuser", "haus", "haeuser", "hauser"),
            ("Büro München", "buero muenchen", "buro munchen"),
            ("E-Mail-Adresse", "email", "e-mail", "emailadresse", "adresse"),
            ("Kfz-Zulassung", "zulassung", "kfz"),
            ("Bürger*innen", "bürger"),
            ("BürgerInnen", "bürger", "bürgerinnen"),
        ],
        "fr": [
            ("Élection", "élections", "election"),
            ("Élèves", "eleves", "élève"),
            ("Fête de Noël", "fete", "noel"),
            ("événements", "evenements", "evenement"),
            ("théâtre", "theatre"),
            ("œuvre", "oeuvre"),
            ("rendez-vous", "rendezvous", "rendez vous"),
        ],
        "es": [
            ("niños", "niño", "nino", "ninos"),
            ("camión", "camiones", "camion"),
        ],
        "cs": [
            ("hřiště", "hriste"),
            ("městský úřad", "mestsky urad", "urad"),
            ("daň", "dan"),
        ],
        "pl": [
            ("wójt", "wojt"),
            ("świąteczny", "swiateczny"),
        ],
        "ro": [
            ("Iași", "iasi", "Iaşi"),
            ("școală", "scoala"),
        ],
        "ru": [
            ("издание", "издания", "изданием"),
            ("ёлка", "елка"),
            ("Ещё", "еще"),
            ("ЙОД", "йод"),
        ],
        "tr": [
            ("IŞIK FESTİVALİ", "ışık", "isik", "IŞIK", "festivali", "FESTİVALİ", "festival"),
            ("İSTANBUL", "istanbul", "ISTANBUL", "İstanbul"),
            ("Diyarbakır", "diyarbakır", "diyarbakir"),
            ("Kütüphane", "kutuphane", "kütüphaneler"),
            ("Isparta", "ısparta", "isparta"),
        ],
        "el": [
            ("ΟΔΟΣ", "οδός", "οδος", "ΟΔΌΣ"),
            ("Βιβλιοθήκη", "βιβλιοθηκη", "βιβλιοθήκες", "ΒΙΒΛΙΟΘΗΚΗ"),
        ],
        "ar": [
            ("أحمد", "احمد"),
            ("مدرسة", "مدرسه", "المدرسة"),
            ("إدارة", "ادارة", "اداره"),
            ("مُحَمَّد", "محمد"),
            ("مستشفى", "مستشفي"),
            ("كـتاب", "كتاب"),
            ("رقم ١٢٣", "123", "١٢٣"),
        ],
        "fa": [
            ("کتاب", "كتاب", "کتاب\u200cها"),
            ("کتاب\u200cهای", "کتابهای", "کتاب های", "کتاب"),
            ("می\u200cخواهم", "می خواهم", "میخواهم"),
            ("۱۲۳۴۵", "12345", "١٢٣٤٥"),
            ("موسيقي", "موسیقی"),
            ("فارسی", "فارسي"),
        ],
        "he": [
            ("סִפְרִיָּה", "ספריה"),
        ],
        "vi": [
            ("Bệnh viện", "benh vien", "BỆNH VIỆN"),
            ("Điện Biên Phủ", "dien bien phu"),
            ("Đường", "duong"),
        ],
        "da": [
            ("Århus", "aarhus", "arhus"),
            ("Køge", "koge", "koege"),
        ],
        "fi": [
            ("EU:n", "eu"),
        ],
    }
)


@pytest.mark.parametrize(("language", "text", "query"), LANGUAGES)
def test_a_word_is_found_as_people_of_that_language_type_it(language, text, query):
    assert finds(query, text, language)


@pytest.mark.parametrize("language", ["en", "de", "fr", "da"])
def test_umlauts_on_a_page_of_another_language_are_found_as_typed_without_them(language):
    for query in ("mueller", "müller", "muller"):
        assert finds(query, "Müller", language)


def test_a_letter_that_is_another_letter_stays():
    assert not finds("йод", "иод", "ru")
    assert not finds("їжа", "іжа", "uk")


def test_a_language_that_is_not_known_has_no_endings_but_folds_letters():
    assert finds("cafe", "Café", "xx")
    assert not finds("cafes", "Café", "xx")
