"""LLMProvider with plugins of every kind."""

import json
import os
import subprocess
import sys
import threading
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import llm
import numpy as np
import pytest
from llm.models import EmbeddingModel
from llm.plugins import load_plugins, pm

from wagtail_vector_search.exceptions import (
    InvalidEmbeddingError,
    ProviderConfigurationError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from wagtail_vector_search.providers import LLMProvider, base


class OldModel(EmbeddingModel):
    """As plugins were written before llm passed the key: they read it from themselves."""

    model_id = "old"
    needs_key = "old"
    key_env_var = "OLD_KEY"
    batch_size = 7
    #: Keys and batch sizes of all calls.
    seen: list[tuple[str | None, int]]

    def embed_batch(self, items):  # type: ignore[override]
        texts = list(items)
        threading.Event().wait(0.001)  # as a network would, so that threads do meet
        self.seen.append((self.key, len(texts)))
        yield from ([1.0, float(text)] for text in texts)


class SlowModel(EmbeddingModel):
    model_id = "slow"
    #: Set by the test to let hanging calls go on.
    release: threading.Event

    #: Calls by model.
    calls: Counter[str]

    def embed_batch(self, items, *, key=None):
        self.calls[self.model_id] += 1
        self.release.wait(30)
        yield from ([1.0, 2.0] for _ in items)


class LocalSlowModel(SlowModel):
    model_id = "slow-local"
    is_local = True


class ShapelessModel(EmbeddingModel):
    model_id = "shapeless"
    dimensions = "many"

    def embed_batch(self, items, *, key=None):
        return iter([None for _ in items])


class Plugin:
    __name__ = "test-plugin"

    def __init__(self):
        self.old = OldModel()
        self.old.seen = []
        self.release = threading.Event()
        self.calls: Counter[str] = Counter()

    @llm.hookimpl
    def register_embedding_models(self, register):
        register(self.old, aliases=("ancient",))
        for model in (SlowModel(), LocalSlowModel()):
            model.release, model.calls = self.release, self.calls
            register(model)
        register(ShapelessModel())


@pytest.fixture
def plugin():
    load_plugins()
    plugin = Plugin()
    pm.register(plugin)
    yield plugin
    plugin.release.set()
    pm.unregister(plugin)


class TestModels:
    def test_models_are_found_by_name_by_alias_and_by_the_users_own_alias(self, plugin, llm_folder):
        (llm_folder / "aliases.json").write_text(json.dumps({"mine": "old"}))
        for name in ("old", "ancient", "mine"):
            assert LLMProvider(name, {"key": "k"}).embed_query("3").shape == (2,)

    def test_an_unknown_model_is_an_error_that_lists_the_known(self, plugin):
        with pytest.raises(ProviderConfigurationError) as caught:
            LLMProvider("misspelt").embed_query("a")
        for part in ('"misspelt"', '"llm embed-models"', "text-embedding-3-small", "wordllama", "llm install"):
            assert part in str(caught.value)

    def test_an_unknown_model_counts_as_remote(self):
        provider = LLMProvider("misspelt")
        with pytest.raises(ProviderConfigurationError):
            provider.wait_until_ready()
        assert provider.is_local is False

    def test_models_are_found_where_llm_can_have_no_folder(self, monkeypatch):
        """As under a web server's user, whose home cannot be written."""
        pytest.importorskip("wordllama")
        monkeypatch.setenv("LLM_USER_PATH", "/dev/null/llm")
        assert LLMProvider("wordllama").embed_query("hello").shape == (256,)

    def test_a_plugin_that_fails_to_name_its_models_is_named_and_harms_no_other(self, plugin):
        class Broken:
            @llm.hookimpl
            def register_embedding_models(self, register):
                raise RuntimeError("plugin of key=topsecret is broken")

        pm.register(broken := Broken(), "llm-broken")
        try:
            assert LLMProvider("slow-local", {"local": True}).wait_until_ready(0) is False
            with pytest.raises(ProviderConfigurationError) as caught:
                LLMProvider("misspelt").embed_query("a")
        finally:
            pm.unregister(broken)
        assert "The llm plugin llm-broken failed: RuntimeError: plugin of key=[removed]" in str(caught.value)
        assert "topsecret" not in str(caught.value)
        assert caught.value.__context__ is None

    def test_a_plugin_that_cannot_be_imported_is_named_and_harms_no_other(self, tmp_path):
        """llm itself has no models left then, but for those of the plugins before it."""
        (tmp_path / "llm_torn.py").write_text("import a_package_that_is_missing")
        info = tmp_path / "llm_torn-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: llm-torn\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[llm]\ntorn = llm_torn\n")
        code = """
from wagtail_vector_search.exceptions import ProviderConfigurationError
from wagtail_vector_search.providers import LLMProvider
from wagtail_vector_search.providers.llm_models import find_broken_plugins
print(LLMProvider("3-small").wait_until_ready(), find_broken_plugins())
try:
    LLMProvider("torn-model").embed_query("a")
except ProviderConfigurationError as error:
    print(error)
"""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
        )
        first, second = done.stdout.splitlines() or [done.stderr, ""]
        assert first == ("True {'llm-torn': \"ModuleNotFoundError: No module named 'a_package_that_is_missing'\"}")
        assert "The llm plugin llm-torn failed: ModuleNotFoundError" in second

    def test_a_key_that_cannot_be_looked_up_shows_in_no_frame_of_the_error(self, plugin, monkeypatch):
        def broken(**options):
            raise RuntimeError("The store is broken.")

        monkeypatch.setattr(llm, "get_key", broken)
        with pytest.raises(ProviderConfigurationError, match="The store is broken") as caught:
            LLMProvider("old", {"key": "topsecret"}).embed_query("a")
        frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)][1:]
        assert "topsecret" not in repr([frame.f_locals for frame in frames])
        assert caught.value.__context__ is None

    def test_models_are_found_by_threads_that_ask_at_once_in_a_fresh_process(self, tmp_path):
        """llm calls its plugins loaded before they are."""
        code = """
import threading
from concurrent.futures import ThreadPoolExecutor
from llm.plugins import pm
from wagtail_vector_search.providers.llm_models import find_model

load = pm.load_setuptools_entrypoints
pm.load_setuptools_entrypoints = lambda group: (threading.Event().wait(0.2), load(group))
with ThreadPoolExecutor(8) as threads:
    print({model.model_id for model in threads.map(find_model, ["3-small"] * 16)})
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.stdout.strip() == "{'text-embedding-3-small'}", done.stderr


class TestNames:
    def test_names_are_those_of_the_settings(self):
        assert LLMProvider("3-small").model_id == "3-small"

    def test_names_tell_document_prefixes_apart(self):
        names = {LLMProvider("m", {"document_prefix": prefix}).model_id for prefix in ("", "passage: ", "text: ")}
        assert len(names) == 3
        assert all(len(name) < 30 for name in names)

    def test_names_do_not_depend_on_what_shapes_no_stored_vector(self):
        assert LLMProvider("m", {"query_prefix": "q: ", "key": "k", "timeout": 3, "batch_size": 2}).model_id == "m"


class TestOldPlugins:
    def test_old_plugins_get_their_key(self, plugin):
        LLMProvider("old", {"key": "k"}).embed_query("1")
        assert plugin.old.seen == [("k", 1)]

    def test_old_plugins_keep_their_key_between_threads(self, plugin, monkeypatch):
        monkeypatch.setenv("OLD_KEY", "from-environment")
        provider = LLMProvider("old")
        with ThreadPoolExecutor(8) as threads:
            rows = list(threads.map(lambda number: provider.embed_query(str(number)), range(100)))
        assert {key for key, _ in plugin.old.seen} == {"from-environment"}
        np.testing.assert_allclose([row[1] / row[0] for row in rows], range(100), rtol=1e-5)

    def test_old_plugins_are_not_changed_for_others(self, plugin):
        LLMProvider("old", {"key": "k"}).embed_query("1")
        assert plugin.old.key is None

    def test_old_plugins_without_a_key_say_how_to_set_it(self, plugin):
        with pytest.raises(ProviderConfigurationError, match=r"llm keys set old.*OLD_KEY"):
            LLMProvider("old").embed_query("1")


class TestBatches:
    def test_batches_have_the_size_of_the_plugin(self, plugin):
        LLMProvider("old", {"key": "k"}).embed_documents(["1"] * 15)
        assert [size for _, size in plugin.old.seen] == [7, 7, 1]

    def test_batches_have_the_size_of_the_option_even_if_it_is_larger(self, plugin):
        provider = LLMProvider("old", {"key": "k", "batch_size": 12})
        provider.embed_documents(["1"] * 15)
        assert [size for _, size in plugin.old.seen] == [12, 3]
        assert len(provider.plan_batches(["1"] * 15)) == 2

    def test_batches_have_a_size_where_the_plugin_says_none(self, plugin):
        assert LLMProvider("slow").max_batch_size == 100

    def test_batches_have_a_budget_of_tokens(self, plugin):
        texts = ["1" * 100_000] * 4
        assert len(LLMProvider("old", {"key": "k"}).plan_batches(texts)) == 4
        assert len(LLMProvider("old", {"key": "k", "max_batch_tokens": 60_000}).plan_batches(texts)) == 2


class TestTimeout:
    def test_the_timeout_abandons_a_call_to_a_remote_model_that_hangs(self, plugin):
        with pytest.raises(ProviderUnavailableError, match=r"within 0\.05 seconds"):
            LLMProvider("slow", {"timeout": 0.05}).embed_query("a")

    def test_the_timeout_is_a_minute_by_default(self, plugin, monkeypatch):
        waited = []
        plugin.release.set()

        def call_with_deadline(call, seconds, slots):
            waited.append(seconds)
            return call()

        monkeypatch.setattr(base, "call_with_deadline", call_with_deadline)
        LLMProvider("slow").embed_query("a")
        assert waited == [60]

    @pytest.mark.parametrize(("model", "options"), [("slow-local", {"timeout": 0.01}), ("slow", {"timeout": None})])
    def test_the_timeout_does_not_apply_to_local_models_or_when_switched_off(self, plugin, monkeypatch, model, options):
        monkeypatch.setattr(base, "call_with_deadline", None)
        plugin.release.set()
        assert LLMProvider(model, options).embed_query("a").shape == (2,)


class TestLoading:
    def test_a_local_model_says_so_itself(self, plugin):
        plugin.release.set()
        for name in ("slow", "slow-local"):
            provider = LLMProvider(name)
            assert provider.is_local is False  # before it is looked up
            assert provider.wait_until_ready()
            assert provider.is_local is (name == "slow-local")

    def test_the_option_says_so_where_the_model_does_not(self, plugin):
        assert LLMProvider("slow", {"local": True}).is_local is True
        assert LLMProvider("slow-local", {"local": False}).is_local is False
        with pytest.raises(ProviderConfigurationError, match=r'OPTIONS\["local"\] must be True or False'):
            LLMProvider("slow", {"local": "yes"})

    def test_models_of_plugins_that_are_known_to_run_here_are_local(self, plugin, monkeypatch):
        plugin.release.set()
        monkeypatch.setattr(SlowModel, "__module__", "llm_sentence_transformers.models")
        provider = LLMProvider("slow")
        assert provider.wait_until_ready()
        assert provider.is_local is True

    def test_a_local_model_is_loaded_once_however_many_wait_for_it(self, plugin):
        """Plugins load at the first call, without a lock."""
        provider = LLMProvider("slow-local")
        assert [provider.wait_until_ready(0.01) for _ in range(5)] == [False] * 5
        plugin.release.set()
        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(lambda _: provider.wait_until_ready(), range(16)))
        assert plugin.calls == {"slow-local": 1}
        assert provider.embed_query("a").shape == (2,)

    def test_a_call_waits_for_the_loading_no_longer_than_it_may(self, plugin):
        with pytest.raises(ProviderTimeoutError, match=r'"slow-local" was not loaded within 0\.05 seconds'):
            LLMProvider("slow-local").embed_query("a", timeout=0.05)

    def test_a_plugin_that_waits_for_its_server_keeps_no_other_model_waiting(self, plugin):
        class Waiting:
            @llm.hookimpl
            def register_embedding_models(self, register):
                plugin.release.wait(30)

        # As at the start of a process: llm registers its own plugins last.
        own = pm.unregister(name="llm.default_plugins.openai_models")
        pm.register(waiting := Waiting(), "llm-waiting")
        pm.register(own, "llm.default_plugins.openai_models")
        try:
            assert LLMProvider("wordllama").wait_until_ready(0)
            assert LLMProvider("3-small").wait_until_ready(30)  # llm's own plugin is asked first
            unknown = LLMProvider("misspelt")
            assert unknown.wait_until_ready(0.01) is False
            assert unknown.knows_word("kitchen") is None
            plugin.release.set()
            with pytest.raises(ProviderConfigurationError):
                unknown.wait_until_ready()
        finally:
            pm.unregister(waiting)

    def test_what_could_not_be_loaded_is_tried_again(self, plugin, monkeypatch):
        provider = LLMProvider("late")
        with pytest.raises(ProviderConfigurationError):
            provider.wait_until_ready()
        monkeypatch.setattr(SlowModel, "model_id", "late")
        plugin.release.set()
        assert provider.wait_until_ready()


def test_a_model_that_knows_no_words_says_nothing_of_them(plugin):
    assert LLMProvider("slow").knows_word("kitchen") is None


def test_a_model_that_answers_nonsense_is_a_provider_error(plugin):
    with pytest.raises(InvalidEmbeddingError, match=r"LLMProvider \(shapeless\)"):
        _ = LLMProvider("shapeless").dimensions


class TestOptions:
    def test_an_unknown_option_is_refused_with_the_known_ones(self):
        with pytest.raises(
            ProviderConfigurationError, match="batch_size, dimensions, document_prefix, key, local, max_"
        ):
            LLMProvider("m", {"prefix": "x"})

    @pytest.mark.parametrize("name", ["document_prefix", "query_prefix", "key"])
    def test_words_must_be_strings(self, name):
        with pytest.raises(ProviderConfigurationError, match=rf'OPTIONS\["{name}"\] must be a string, not list'):
            LLMProvider("m", {name: ["topsecret"]})

    @pytest.mark.parametrize("value", [0, -1, "10", True, float("inf"), float("nan")])
    def test_a_timeout_must_be_a_number_of_seconds(self, value):
        with pytest.raises(ProviderConfigurationError, match=r'OPTIONS\["timeout"\] must be a number of seconds'):
            LLMProvider("m", {"timeout": value})

    def test_the_key_does_not_show_in_the_representation(self):
        assert "topsecret" not in repr(LLMProvider("m", {"key": "topsecret"}))


class TransformerModel(EmbeddingModel):
    """Reads so many words of each text and ignores the rest, as sentence-transformers does with tokens."""

    model_id = "transformer"

    class Transformer:
        max_seq_length = 8

        class tokenizer:  # noqa: N801
            @staticmethod
            def encode(text):
                return [0, *text.split(), 0]

    def __init__(self):
        self._model = self.Transformer()
        self.seen: list[str] = []

    def embed_batch(self, items, *, key=None):
        for text in items:
            self.seen.append(text)
            words = text.split()[:6]
            yield [float("fact" in words), 1.0]


@pytest.fixture
def transformer(plugin):
    model = TransformerModel()

    class Transformers:
        @llm.hookimpl
        def register_embedding_models(self, register):
            register(model)

    pm.register(registered := Transformers())
    yield model
    pm.unregister(registered)


class TestLongTexts:
    TEXTS = ("fact " + "word " * 20, "word " * 20 + "fact", "word " * 3, "word" * 1000)

    def test_a_text_longer_than_the_model_reads_is_cut_by_its_own_tokenizer_and_loses_nothing(self, transformer):
        first, last, short, unspaced = LLMProvider("transformer").embed_documents(self.TEXTS)
        assert min(first[0], last[0]) > 0
        assert short[0] == unspaced[0] == 0
        assert all(len(text.split()) <= 6 for text in transformer.seen)
        assert transformer.seen[-1] == "word" * 1000  # one word to this tokenizer

    def test_a_text_is_cut_by_what_the_options_say_where_the_model_says_nothing(self, transformer, monkeypatch):
        transformer._model = None
        provider = LLMProvider("transformer", {"max_text_tokens": 10})
        provider.embed_documents(self.TEXTS)
        assert max(map(len, transformer.seen)) <= 40
        assert "".join(transformer.seen).count("word") == 20 + 20 + 3 + 1000

    def test_each_part_has_the_prefix(self, transformer):
        LLMProvider("transformer", {"document_prefix": "passage: "}).embed_documents(["word " * 20])
        assert len(transformer.seen) > 1
        assert all(text.startswith("passage: word") for text in transformer.seen)
