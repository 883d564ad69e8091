"""Which word of a site what was typed stands for."""

import pytest

from wagtail_vector_search.analysis import get_analyzer
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.retrieval.spelling.errors import most_errors, typing_cost
from wagtail_vector_search.retrieval.spelling.reading import Reading, UnknownWord, choose, find_readings
from wagtail_vector_search.retrieval.spelling.vocabulary import Vocabulary

VOCABULARY = Vocabulary(
    {"dictionari": 9, "loop": 5, "loom": 2, "heat": 4, "heart": 7, "harbour": 1, "3d": 8, "aerodynam": 3, "head": 3}
    | {"torch": 2, "wohnung": 3, "such": 5, "book": 4}
)
ENGLISH, GERMAN = get_analyzer("en", {}), get_analyzer("de", {})


def word(typed, *, is_real=False, is_alone=True, analyzer=ENGLISH):
    (token,) = analyzer.tokens(typed)
    return UnknownWord(typed, token.folded, token.term, is_real, is_alone)


def read(typed, stretches, *, analyzer=ENGLISH, vocabulary=VOCABULARY, **options):
    """Return what a word is read as, given the stretches of text by term."""
    readings = find_readings(word(typed, analyzer=analyzer, **options), vocabulary, [analyzer])
    found = {one: stretches.get(one.terms if len(one.terms) > 1 else one.terms[0], []) for one in readings}
    return choose(found, vocabulary, [analyzer])


def shown(typed, *words, **options):
    """Return what is shown for a word, given the words of a site."""
    pages = {ENGLISH.tokens(one)[0].term: 1 for one in words}
    stretches: dict[str, list[str]] = {}
    for one in words:
        stretches.setdefault(ENGLISH.tokens(one)[0].term, []).append(one)
    found = read(typed, stretches, vocabulary=Vocabulary(pages), **options)
    return found.word if found else ""


@pytest.mark.parametrize(
    ("typed", "meant", "cost"),
    [
        ("harbour", "harbour", 0),
        ("harbuor", "harbour", constants.SWAPPED_LETTERS),
        ("harbourr", "harbour", constants.DOUBLED_LETTER),
        ("ocurr", "occur", 2 * constants.DOUBLED_LETTER),
        ("herbour", "harbour", constants.OTHER_VOWEL),
        ("habour", "harbour", 1),
        ("harpour", "harbour", 1),
        ("arbuor", "harbour", 1 + constants.SWAPPED_LETTERS),
        ("", "abc", 3),
        ("abc", "", 3),
    ],
)
def test_errors_that_people_make_often_count_less(typed, meant, cost):
    assert typing_cost(typed, meant, 9) == pytest.approx(cost)
    assert typing_cost(meant, typed, 9) == pytest.approx(cost)


def test_more_errors_than_asked_for_are_not_counted():
    assert typing_cost("harbuor", "harbour", 0.5) == float("inf")
    assert typing_cost("abcdefgh", "stuvwxyz", 2) == float("inf")


@pytest.mark.parametrize(("length", "errors"), [(3, -1), (4, 1), (6, 1), (7, 1.5), (10, 2), (30, 2)])
def test_longer_words_may_have_more_errors(length, errors):
    assert most_errors(length, constants.MOST_ERRORS) == errors


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("dictionray", "dictionari"),
        ("lopp", "loop"),
        ("aerodynmic", "aerodynam"),
        ("harborr", "harbour"),
        ("heatign", "heat"),
    ],
)
def test_the_likeliest_term_comes_first(typed, term):
    assert VOCABULARY.find_near(ENGLISH.tokens(typed)[0].term, typed)[0] == term


def test_the_commoner_of_equally_near_terms_comes_first():
    assert VOCABULARY.find_near("looo", "looo")[:2] == ["loop", "loom"]


def test_numbers_are_no_correction():
    assert Vocabulary({"1234": 5}).find_near("1233", "1233") == []


def test_the_number_of_near_terms_is_bounded():
    many = Vocabulary({f"loop{letter}": 1 for letter in "abcdefghijklmnopqrst"})
    assert len(many.find_near("loopz", "loopz")) == constants.MAX_SPELLINGS


def test_the_word_on_the_page_decides_and_not_its_term():
    found = read("heatign", {"heat": ["heated", "(heating)."], "heart": ["hearts"]})
    assert (found.word, found.terms) == ("heating", ("heat",))


def test_a_word_that_begins_alike_is_chosen_before_another_then_the_commoner():
    vocabulary = Vocabulary({"cart": 1, "batt": 9, "card": 5})
    stretches = {"cart": ["carts"], "batt": ["batts"], "card": ["cards"]}
    assert read("carxs", stretches, vocabulary=vocabulary).word == "cards"
    assert read("catts", stretches, vocabulary=vocabulary).word == "carts"


def test_a_word_that_the_visitor_may_not_see_is_no_correction():
    assert read("lopp", {}) is None


def test_a_real_word_is_never_replaced():
    assert shown("heard", "heart") == "heart"
    assert shown("heard", "heart", is_real=True) == ""


@pytest.mark.parametrize(
    ("typed", "meant", "is_corrected"),
    [
        ("cake", "case", False),
        ("baot", "boat", True),
        ("lettr", "letter", False),
        ("leter", "letter", True),
        ("strret", "street", False),
        ("wanderang", "wanderung", True),
        ("landerung", "wanderung", False),
    ],
)
def test_where_nothing_tells_whether_a_word_is_real_only_a_likely_error_is_one(typed, meant, is_corrected):
    assert bool(shown(typed, meant, is_real=None)) == is_corrected


@pytest.mark.parametrize(("typed", "meant"), [("unbooked", "booked"), ("cogeneration", "generation")])
def test_a_word_with_a_syllable_more_is_another_word(typed, meant):
    assert shown(typed, meant) == ""


def test_a_word_alone_needs_its_first_letter():
    assert shown("marbour", "harbour") == ""
    assert shown("marbour", "harbour", is_alone=False) == "harbour"
    assert shown("ahrbour", "harbour") == "harbour"


def test_a_word_of_two_that_stand_side_by_side_on_a_page_is_read_as_these():
    stretches = {("head", "torch"): ["head torches"]}
    found = read("headtorch", stretches, is_real=True)
    assert (found.word, found.terms) == ("", ("head", "torch"))
    assert read("headtorch", {("head", "torch"): ["head the torch"]}, is_real=True) is None


def test_a_compound_is_read_as_its_words_wherever_these_stand_on_a_page():
    stretches = {("wohnung", "such"): ["Wohnung"]}
    assert read("wohnungssuche", stretches, analyzer=GERMAN, is_real=None).terms == ("wohnung", "such")
    assert read("wohnungssuche", {}, analyzer=GERMAN, is_real=None) is None


def test_a_compound_that_a_page_writes_with_a_hyphen_is_shown_so():
    vocabulary = Vocabulary({"email": 1, "mail": 5})
    stretches = {"email": ["an", "e-mail,"], "mail": ["mail"]}
    assert read("emial", stretches, vocabulary=vocabulary).word == "e-mail"


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("dictionari", "Dictionary"),
        ("cafe", "CAFÉ"),
        ("email", "E-Mail"),
        ("strass", "Straße"),
        ("go", "Gö"),
        ("привет", "ПРИВЕТ"),
        ("αθηνα", "ΑΘΉΝΑ"),
    ],
)
def test_the_pattern_of_a_term_matches_what_stands_for_it(term, text):
    import re

    text = "".join(letter.lower() if letter.isascii() else letter for letter in text)
    assert re.search(Reading(word("typed"), (term,)).pattern, text)
