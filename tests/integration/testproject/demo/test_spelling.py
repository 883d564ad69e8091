"""On the demo site: words that people use stay as they are, and typing errors are mended."""

import csv
import json
from pathlib import Path

import pytest

from tests.tally import tally
from wagtail_vector_search.analysis import get_analyzer

LISTS = Path(__file__).resolve().parents[3] / "data"
SETS = ("development", "held_out")
#: Typing errors, of a hundred, that are mended at least.
MENDED = 85

#: Reads words, and prints what is searched for in place of each; nothing where it stays.
CORRECT = """
import json, sys
from wagtail.models import Locale, Page
pages = Page.objects.filter(locale=Locale.objects.get(language_code="en"))
corrected = {word: pages.search(word, backend="keyword").corrected_query for word in json.load(sys.stdin)}
print("\\n" + json.dumps(corrected))
"""


def ordinary_words(name):
    lines = (LISTS / f"ordinary_words_{name}.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def typing_errors(name):
    """Return what was typed and what was meant."""
    with (LISTS / f"typing_errors_{name}.csv").open() as file:
        return [(row["typed"], row["meant"]) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def corrected(first_start, newcomer):
    """What is searched for in place of each word of all lists."""
    words = [word for name in SETS for word in ordinary_words(name)]
    words += [typed for name in SETS for typed, _ in typing_errors(name)]
    printed = newcomer.run("shell", "--command", CORRECT, typed=json.dumps(words))
    return json.loads(printed.splitlines()[-1])


def stem(word):
    return get_analyzer("en", {}).tokens(word)[0].term


@pytest.mark.parametrize("name", SETS)
def test_no_ordinary_word_becomes_an_unrelated_one(corrected, name):
    words = ordinary_words(name)
    replaced = {word: shown for word in words if (shown := corrected[word]) and stem(shown) != stem(word)}
    tally(f"ordinary words ({name}) that stayed as they were", len(words) - len(replaced))
    assert len(words) == 100
    assert replaced == {}


@pytest.mark.parametrize("name", SETS)
def test_most_typing_errors_become_the_word_that_was_meant(corrected, name):
    pairs = typing_errors(name)
    mended = [meant for typed, meant in pairs if (word := corrected[typed]) and stem(word) == stem(meant)]
    tally(f"typing errors ({name}) that were mended", len(mended))
    assert len(pairs) == 100
    assert len(mended) >= MENDED
