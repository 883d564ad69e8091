"""Which known word a misspelt one may stand for."""

import pytest

from wagtail_vector_search.ranking.constants import MAX_SPELLINGS
from wagtail_vector_search.retrieval.spelling import Vocabulary

VOCABULARY = Vocabulary(
    {"dictionari": 9, "loop": 5, "loom": 2, "heat": 4, "heart": 7, "harbour": 1, "3d": 8, "aerodynam": 3}
)


@pytest.mark.parametrize(
    ("term", "typed", "expected"),
    [
        ("dictionray", "dictionray", "dictionari"),
        ("lop", "lopp", "loop"),
        ("aerodynm", "aerodynmic", "aerodynam"),
        ("harborr", "harborr", "harbour"),
    ],
)
def test_the_nearest_term_comes_first(term, typed, expected):
    assert VOCABULARY.find_near(term, typed)[0] == expected


def test_an_ending_that_is_misspelt_is_taken_off():
    assert "heat" in VOCABULARY.find_near("heatign", "heatign")


def test_the_commoner_of_equally_near_terms_comes_first():
    assert VOCABULARY.find_near("loo", "looo")[:2] == ["loop", "loom"]


def test_a_short_word_may_have_one_error_and_a_long_one_two():
    assert VOCABULARY.find_near("lxxp", "lxxp") == []
    assert VOCABULARY.find_near("dixtionarj", "dixtionarj") == ["dictionari"]


def test_numbers_are_no_correction():
    assert Vocabulary({"1234": 5}).find_near("1233", "1233") == []


def test_the_number_of_near_terms_is_bounded():
    many = Vocabulary({f"loop{letter}": 1 for letter in "abcdefghijklmnop"})
    assert len(many.find_near("loopz", "loopz")) == MAX_SPELLINGS


def test_the_word_on_the_page_decides_and_not_its_term():
    spellings = {"heat": ["heating", "heated"], "heart": ["hearts"]}
    chosen = VOCABULARY.choose("heatign", ["heart", "heat"], spellings)
    assert chosen
    assert (chosen.word, chosen.term, chosen.document_frequency) == ("heating", "heat", 4)


def test_a_word_that_begins_alike_is_chosen_before_another_then_the_commoner():
    vocabulary = Vocabulary({"cart": 1, "batt": 9, "card": 5})
    spellings = {"cart": ["carts"], "batt": ["batts"], "card": ["cards"]}
    for typed, near, expected in (("carxs", ["cart", "batt", "card"], "cards"), ("catts", ["batt", "cart"], "carts")):
        chosen = vocabulary.choose(typed, near, spellings)
        assert chosen
        assert chosen.word == expected


def test_a_word_that_the_visitor_may_not_see_is_no_correction():
    assert VOCABULARY.choose("loup", ["loop"], {}) is None


@pytest.mark.parametrize(
    ("typed", "word", "chosen"), [("cake", "case", False), ("brek", "break", True), ("baot", "boat", True)]
)
def test_a_word_of_four_letters_lacks_one_or_has_two_swapped(typed, word, chosen):
    assert bool(Vocabulary({word: 1}).choose(typed, [word], {word: [word]})) == chosen
