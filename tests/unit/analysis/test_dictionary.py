"""Words that are no typing errors although no page has them."""

import gzip
from importlib.resources import files

import pytest

from wagtail_vector_search.analysis import get_analyzer


@pytest.mark.parametrize("word", ["kayak", "lasagna", "manchester", "colour", "color", "aardvark", "zucchini", "cafe"])
def test_a_word_that_people_use_is_known(word):
    assert get_analyzer("en-gb", {}).knows_word(word) is True


@pytest.mark.parametrize("word", ["kayka", "harbuor", "aard", "#", "", "copyright 2000", "kayak\nlasagna"])
def test_what_is_no_word_is_not_known(word):
    assert get_analyzer("en", {}).knows_word(word) is False


@pytest.mark.parametrize("language", ["de", "fr", "", "zh-hans"])
def test_of_a_language_without_a_list_nothing_is_known(language):
    assert get_analyzer(language, {}).knows_word("kayak") is None


def test_the_list_has_what_can_be_looked_up_and_its_licence():
    text = gzip.decompress(files("wagtail_vector_search.analysis").joinpath("english_words.txt.gz").read_bytes())
    lines = text.decode("ascii").splitlines()
    words = [line for line in lines if not line.startswith("#")]
    assert "Permission to use, copy, modify" in "\n".join(lines[:40])
    assert words == sorted(set(words))
    assert len(words) > 80_000
    assert all(word.isalpha() and word.islower() and len(word) >= 4 for word in words)
