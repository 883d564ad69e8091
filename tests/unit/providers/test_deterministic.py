import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from wagtail_vector_search.providers import DeterministicProvider
from wagtail_vector_search.providers.deterministic import stem


def test_texts_that_share_words_are_near():
    provider = DeterministicProvider()
    loops, breaking, cake = provider.embed_documents(["stopping loops early", "stop a loop", "a chocolate cake"])
    assert loops @ breaking > 0.6
    assert abs(loops @ cake) < 0.25


def test_chinese_texts_that_share_letters_are_near():
    provider = DeterministicProvider()
    library, hours, taxes = provider.embed_documents(["图书馆在哪里", "图书馆开门", "公司所得税"])
    assert library @ hours > 0.4 > library @ taxes


def test_vectors_are_the_same_in_another_process():
    code = (
        "from wagtail_vector_search.providers import DeterministicProvider; "
        "print(DeterministicProvider().embed_query('loop')[:9].tolist())"
    )
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert elsewhere.strip() == str(DeterministicProvider().embed_query("loop")[:9].tolist())


@pytest.mark.parametrize("dimensions", [1, 7, 384, 3072])
def test_vectors_may_have_any_width(dimensions):
    provider = DeterministicProvider("m", {"dimensions": dimensions})
    assert provider.embed_query("loop").shape == (dimensions,)


def test_calls_and_texts_are_counted_until_reset():
    provider = DeterministicProvider("m", {"batch_size": 2})
    provider.embed_documents(["a", "b", "c"])
    provider.embed_query("d")
    assert (provider.calls, provider.texts) == (3, ["a", "b", "c", "d"])
    provider.reset()
    assert (provider.calls, provider.texts) == (0, [])


def test_reading_the_dimensions_is_no_call():
    provider = DeterministicProvider()
    assert (provider.dimensions, provider.calls) == (256, 0)


def test_calls_of_many_threads_are_all_counted():
    provider = DeterministicProvider()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(provider.embed_query, ["loop"] * 200))
    assert (provider.calls, len(provider.texts)) == (200, 200)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("loops", "loop"),
        ("looping", "loop"),
        ("loop", "loop"),
        ("stopping", "stop"),
        ("telling", "tel"),
        ("tell", "tel"),
        ("cities", "cit"),
        ("city", "cit"),
        ("is", "is"),
    ],
)
def test_words_lose_their_endings(word, expected):
    assert stem(word) == expected
