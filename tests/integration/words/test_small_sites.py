"""Few pages: what is not about the query stays out, and a word of one page brings no others."""

import pytest

from tests.kept import kept

from .conftest import COUNCIL

pytestmark = pytest.mark.django_db

PLANES = [
    ("Helicopters", "Machines that fly with a rotor above them. They hover and land anywhere."),
    ("Civilian planes", "Aeroplanes carry passengers between airports. Their wings hold them in the air."),
]


@pytest.fixture
@kept
def two_pages(build_site):
    build_site(PLANES, background=[])


@pytest.fixture
@kept
def five_pages(build_site):
    build_site(PLANES, background=COUNCIL[:3])


@pytest.fixture
@kept
def council(build_site):
    build_site(PLANES, background=COUNCIL)


@pytest.mark.parametrize("query", ["sandwich", "tax return", "cheese recipe", "divorce lawyer"])
def test_two_pages_answer_nothing_that_they_are_not_about(two_pages, search, query):
    assert search(query, "keyword") == []
    assert set(search(query)) <= {"Home"}  # which has no text, so that it is about anything


def test_two_pages_answer_what_they_are_about(two_pages, missed, search):
    assert not missed(("Helicopters", "rotor", "helicopter"), ("Civilian planes", "aeroplane", "plane", "wings"))
    assert set(search("flying machines")) == {"Helicopters", "Civilian planes"}


@pytest.mark.parametrize("site", ["five_pages", "council"])
def test_a_word_of_one_page_brings_no_page_on_something_else(request, search, site):
    request.getfixturevalue(site)
    results = search("rotor")
    assert results[0] == "Helicopters"
    assert set(results) <= {"Helicopters", "Civilian planes"}


#: A word that stands on no other page of the site.
WORDS_OF_ONE_PAGE = [
    ("Pay your council tax", "debit"),
    ("Recycling and bin collections", "glass"),
    ("Swimming pools", "lanes lessons"),
    ("Bike lanes", "cyclists"),
    ("Emergency planning", "flood"),
    ("Libraries", "novels"),
    ("Parks and gardens", "ponds"),
    ("Marriages and ceremonies", "register"),
    ("Planning applications", "neighbours"),
    ("School admissions", "january"),
    ("Markets", "cheese"),
    ("Museums", "clocks"),
]


def test_a_word_of_one_page_brings_few_others(council, missed, search):
    assert not missed(*WORDS_OF_ONE_PAGE)
    numbers = sorted(len(search(query)) for _, query in WORDS_OF_ONE_PAGE)
    assert numbers[len(numbers) // 2] <= 3
