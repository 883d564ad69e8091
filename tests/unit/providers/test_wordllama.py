"""The package's own llm plugin: an embedding model that works offline."""

import builtins
import logging
import socket
import subprocess
import sys
import tracemalloc
from importlib.metadata import entry_points
from pathlib import Path

import llm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_vector_search.exceptions import ProviderConfigurationError
from wagtail_vector_search.providers import LLMProvider
from wagtail_vector_search.providers import wordllama as plugin
from wagtail_vector_search.providers import wordllama_model as library

pytest.importorskip("wordllama")


@pytest.fixture
def _not_loaded(monkeypatch):
    monkeypatch.setattr(library, "_loaded", [])


def test_the_provider_loads_neither_llm_nor_its_plugins_for_the_model():
    code = """
import sys
from wagtail_vector_search.providers import LLMProvider
provider = LLMProvider("wordllama")
assert provider.is_local and provider.wait_until_ready(0) and provider.embed_query("hello").shape == (256,)
print({name for name in sys.modules if name.split(".")[0] in ("llm", "openai", "sqlite_utils")})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "set()", done.stderr


def test_llm_finds_the_model_by_its_entry_point():
    assert [entry.value for entry in entry_points(group="llm", name="wagtail_vector_search")] == [plugin.__name__]
    assert type(llm.get_embedding_model("wordllama")) is plugin.WordLlamaModel


def test_the_command_line_of_llm_embeds_with_the_model(tmp_path):
    """In a folder without Django settings."""
    command = [str(Path(sys.executable).with_name("llm")), "embed", "-m", "wordllama", "-c", "hello"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    vector = np.array(done.stdout.strip("[]\n").split(","), dtype=np.float32)
    expected = LLMProvider("wordllama").embed_query("hello")
    np.testing.assert_allclose(vector / np.linalg.norm(vector), expected, rtol=1e-5)


def test_vectors_are_those_of_the_library():
    import wordllama

    texts = ["hello", "A much longer text. " * 50, "图书馆", "\u200b", "🙂 \x01"]
    reference = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    np.testing.assert_allclose(plugin.WordLlamaModel().embed_array(texts), reference.embed(texts), rtol=1e-5, atol=1e-6)


@pytest.fixture(scope="module")
def tokenizer():
    return library._load().tokenizer


WORDS = ["the", "bo\u2581at", "\u2581", "", "\n", "sail\n\nor", "<s>", "</s>", "<unk>", "<0x0A>", "Ähre", "图书", "🙂"]


@given(
    st.lists(
        st.sampled_from(WORDS)
        | st.text(max_size=6)
        | st.text("ab", min_size=library.LONGEST_WORD - 1, max_size=library.LONGEST_WORD + 1),
        max_size=8,
    ).map(" ".join)
)
def test_a_text_has_the_tokens_of_the_library_whichever_of_its_words_are_known(tokenizer, text):
    expected = tokenizer.encode(text, add_special_tokens=False).ids
    for _ in range(2):
        assert np.frombuffer(library.tokenize(text), dtype=np.int32).tolist() == expected


def test_no_token_of_the_model_reaches_from_one_word_into_the_next(tokenizer):
    """Else words could not be cut one by one."""
    assert [token for token in tokenizer.get_vocab() if library.SPACE in token.lstrip(library.SPACE)] == []
    assert all(str(token).startswith("<") for token in tokenizer.get_added_tokens_decoder().values())


def test_only_so_many_words_are_kept_and_no_long_ones(monkeypatch):
    monkeypatch.setattr(library, "KNOWN_WORDS", 3)
    monkeypatch.setattr(library, "_known_words", library._KnownWords())
    library.tokenize("a " + "b" * (library.LONGEST_WORD + 1))
    assert list(library._known_words) == []
    library.tokenize("a b c d")
    assert list(library._known_words) == ["d"]


def test_similar_meaning_in_other_words_is_near():
    provider = LLMProvider("wordllama")
    doctor, physician, cake = provider.embed_documents(["the doctor's office", "a physician at work", "baking a cake"])
    assert doctor @ physician > doctor @ cake + 0.2


@pytest.fixture
def _no_network(monkeypatch):
    def refuse(*args):
        raise AssertionError("wordllama went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("_not_loaded", "_no_network")
def test_no_network_is_used():
    assert LLMProvider("wordllama").embed_query("hello").shape == (256,)


@pytest.mark.usefixtures("_not_loaded", "_no_network")
def test_no_network_is_used_for_a_missing_file(monkeypatch):
    from wordllama import WordLlama

    monkeypatch.setattr(WordLlama, "get_filename", lambda *_: "missing.safetensors")
    with pytest.raises(ProviderConfigurationError, match=r"missing\.safetensors"):
        LLMProvider("wordllama").embed_query("hello")


def test_an_empty_text_is_zeros_rather_than_not_a_number():
    rows = plugin.WordLlamaModel().embed_array(["", "hello"])
    assert (rows[0].any(), rows[1].any()) == (False, True)


def test_the_interface_of_llm_gives_lists_of_floats():
    (vector,) = llm.get_embedding_model("wordllama").embed_multi(["hello"])
    assert (type(vector), type(vector[0]), len(vector)) == (list, float, 256)


def test_arrays_are_taken_as_they_are_rather_than_number_by_number(monkeypatch):
    monkeypatch.setattr(library.WordLlama, "embed_multi", None, raising=False)
    assert LLMProvider("wordllama").embed_documents(["a", "b"]).shape == (2, 256)


def test_no_texts_give_no_vectors():
    model = plugin.WordLlamaModel()
    assert list(model.embed_multi([])) == []
    assert model.embed_array([]).shape == (0, 256)


def test_dimensions_are_known_without_loading_the_model(monkeypatch):
    monkeypatch.setattr(library, "_load", None)
    provider = LLMProvider("wordllama")
    assert (provider.dimensions, provider.is_local) == (256, True)


def test_a_long_text_makes_the_texts_beside_it_no_larger():
    """The library itself pads all texts of a batch to the longest: here 2 GB."""
    provider = LLMProvider("wordllama")
    texts = ["word " * 20_000] + ["short"] * 100
    provider.embed_query("short")
    tracemalloc.start()
    try:
        provider.embed_documents(texts)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * 1024**2


@pytest.mark.usefixtures("_not_loaded")
def test_the_error_without_the_extra_says_what_to_install(monkeypatch):
    real_import = builtins.__import__

    def without_wordllama(name, *args, **kwargs):
        if name == "wordllama":
            raise ModuleNotFoundError("No module named 'wordllama'")
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_wordllama)
    provider = LLMProvider("wordllama")
    with pytest.raises(ProviderConfigurationError, match=r'pip install "wagtail-vector-search\[local\]"'):
        provider.embed_query("hello")
    with pytest.raises(ProviderConfigurationError):
        provider.embed_query("hello again")


def test_loading_the_model_changes_no_logging_of_the_process():
    code = """
import logging
from wagtail_vector_search.providers import LLMProvider
LLMProvider("wordllama").embed_query("hello")
print(logging.getLogger().handlers, logging.getLogger().level)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"[] {logging.WARNING}"


def test_one_model_serves_all_providers():
    first, second = LLMProvider("wordllama"), LLMProvider("wordllama", {"batch_size": 3})
    first.embed_query("a")
    loaded = library._loaded[0]
    second.embed_query("a")
    assert library._loaded == [loaded]


def test_a_word_of_one_token_is_known_and_of_others_nothing_is_said():
    provider = LLMProvider("wordllama")
    assert provider.knows_word("kitchen") is True
    assert provider.knows_word("dictoinary") is None
    assert provider.knows_word("") is None
