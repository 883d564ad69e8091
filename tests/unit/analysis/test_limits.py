"""No text is too long, too odd or too much for one analyzer in a process."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from wagtail_vector_search.analysis import Analyzer
from wagtail_vector_search.analysis.analyzer import LONGEST_CACHED, LONGEST_TERM

FLOODS = {
    "hyphens between letters": "a-",
    "a name of code without end": "a_",
    "apostrophes": "a'",
    "an abbreviation without end": "a.",
    "a number without end": "1.",
    "thousands": "1,000,",
    "numbers side by side": "1 ",
    "brackets": "(1",
    "slashes": "a/",
    "ampersands": "a & ",
    "humps": "aB",
    "letters and digits": "a1",
    "one letter": "a",
    "one digit": "1",
    "one sign": "+",
    "one underscore": "_",
    "white space": " ",
    "one Chinese character": "中",
    "Japanese": "日本語の",
    "Korean": "검색",
    "Thai": "ที่",
    "marks on every letter": "z\u0301\u0327",
    "marks alone": "\u0301",
    "joiners": "\u200d",
    "a ligature of 18 letters": "ﷺ",
    "letters that grow when they are folded": "İ",
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_is_read_to_its_end(kind):
    flood = FLOODS[kind] * 20_000
    counts = Analyzer("en").count(flood)
    assert counts.length <= len(flood)
    assert all(len(term) <= 2 * LONGEST_TERM for term in {*counts.frequencies, *counts.secondary})


@pytest.mark.parametrize("head", ["1 2 ", "020 7946 ", "a & b "])
def test_a_megabyte_of_one_letter_after_numbers_is_one_word(head):
    assert Analyzer("en").count(head + "x" * 1_000_000).length <= 3


@pytest.mark.parametrize("kind", FLOODS)
def test_what_a_flood_yields_grows_no_faster_than_the_flood(kind):
    def size(flood):
        counts = Analyzer("en").count(flood)
        return sum(counts.frequencies.values()) + sum(counts.secondary.values())

    assert size(FLOODS[kind] * 8_000) <= 2.5 * size(FLOODS[kind] * 4_000) + 50


@pytest.mark.parametrize("kind", FLOODS)
def test_twice_the_flood_takes_twice_the_steps(kind):
    def steps(flood):
        counted = 0

        def count(frame, event, _):
            nonlocal counted
            if "analysis" not in frame.f_code.co_filename:
                return None
            counted += event == "line"
            return count

        analyzer = Analyzer("en")
        sys.settrace(count)
        try:
            analyzer.tokens(flood)
        finally:
            sys.settrace(None)
        return counted

    assert steps(FLOODS[kind] * 3_000) <= 2.5 * steps(FLOODS[kind] * 1_500) + 500


def test_words_in_memory_are_bounded(monkeypatch):
    monkeypatch.setattr("wagtail_vector_search.analysis.analyzer.CACHE_SIZE", 100)
    analyzer = Analyzer("en")
    for text in (" ".join(f"word{number}" for number in range(250)), "y" * 10_000):
        analyzer.count(text)
        analyzer.places(text)
        analyzer.places(text, by_letter=True)
    kept = [value for value in vars(analyzer).values() if isinstance(value, dict)]
    caches = [cache for value in kept for cache in (value.values() if True in value else [value])]
    assert len(caches) == 4
    assert all(0 < len(cache) <= 100 for cache in caches)
    assert max(len(stretch) for cache in caches for stretch in cache) <= LONGEST_CACHED


def test_threads_that_fill_the_cache_together_read_what_one_reads(monkeypatch):
    monkeypatch.setattr("wagtail_vector_search.analysis.analyzer.CACHE_SIZE", 20)
    texts = [" ".join(f"running{n}s Häuser-{n} 图书馆{n}" for n in range(k, k + 30)) for k in range(60)]
    shared, alone = Analyzer("de"), Analyzer("de")
    expected = [alone.count(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(shared.count, texts)) == expected


def test_analysis_loads_neither_django_nor_the_index():
    code = (
        "import sys, types; root = types.ModuleType('wagtail_vector_search');"
        "root.__path__ = ['wagtail_vector_search']; sys.modules['wagtail_vector_search'] = root;"
        "from wagtail_vector_search.analysis.analyzer import Analyzer;"
        "Analyzer('ja').tokens('日本語の本, running');"
        "print([name for name in sys.modules if name.partition('.')[0] in ('django', 'wagtail', 'psycopg', 'numpy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
