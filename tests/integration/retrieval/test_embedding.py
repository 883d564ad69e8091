"""The vector of a query: cached, in time, and never an error for a visitor."""

import logging
import threading
import time
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache, caches
from wagtail.models import Page

from wagtail_vector_search.exceptions import ProviderConfigurationError, ProviderError, ProviderUnavailableError
from wagtail_vector_search.models import Generation, SearchEvent
from wagtail_vector_search.providers import base, get_provider_for
from wagtail_vector_search.providers.deterministic import DeterministicProvider
from wagtail_vector_search.retrieval import Legs, embedding, rank_pages, search_degraded

pytestmark = pytest.mark.django_db

HERE = f"{__name__}."


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def degraded():
    """Reasons that the signal was sent with."""
    reasons = []

    def receiver(reason, **kwargs):
        reasons.append(reason)

    search_degraded.connect(receiver)
    yield reasons
    search_degraded.disconnect(receiver)


class RemoteProvider(DeterministicProvider):
    """Like the deterministic one, but asked through a thread with a deadline."""

    is_local = False


class HangingProvider(RemoteProvider):
    release = threading.Event()

    def _embed(self, texts, *, kind):
        if kind == "query":
            self.release.wait(20)
        return super()._embed(texts, kind=kind)


class FailingProvider(RemoteProvider):
    error: Exception = ProviderUnavailableError("The service is overloaded.")

    def _embed(self, texts, *, kind):
        if kind == "query":
            raise self.error
        return super()._embed(texts, kind=kind)


class NonsenseProvider(RemoteProvider):
    answer: object = None

    def _embed(self, texts, *, kind):
        return self.answer if kind == "query" else super()._embed(texts, kind=kind)


@pytest.fixture
def use_provider(settings, articles, build_index):
    """Return a function that indexes the site with a provider of this module."""

    def use(provider, **options):
        index = settings.WAGTAIL_VECTOR_SEARCH["default"]
        settings.WAGTAIL_VECTOR_SEARCH = {"default": {**index, "PROVIDER": HERE + provider.__name__, **options}}
        build_index()

    return use


def ask(query="bread oven", **options):
    return rank_pages(query, Page.objects.all(), **options)


def found_by(ranking):
    return {leg for page in ranking.pages for leg in page.matched_by}


def test_a_query_is_embedded_once_however_often_and_however_spaced_it_is_asked(site, provider):
    provider.reset()
    for query in ("bread oven", "  bread   oven ", "bread\u200b oven"):
        ask(query)
    assert provider.texts == ["bread oven"]


def test_a_reader_of_the_cache_does_not_learn_what_was_asked(site, settings):
    ask("secret disease")
    memory: Any = caches["default"]
    (stored,) = [(key, value) for key, value in memory._cache.items() if "vector_search" in key]
    assert not any(word in str(stored) for word in ("secret", "disease"))
    assert 0 < memory._expire_info[stored[0]] - time.time() <= 24 * 60 * 60


def test_the_key_of_the_cache_depends_on_the_secret_key_and_the_generation(site, provider, settings):
    ask()
    settings.SECRET_KEY = "another"
    provider.reset()
    ask()
    assert provider.calls == 1
    Generation.objects.update(fingerprint="another")
    ask()
    assert provider.calls == 2


def test_a_cache_that_is_down_costs_no_search(site, monkeypatch):
    def fail(*args, **kwargs):
        raise ConnectionError("no cache")

    monkeypatch.setattr(type(caches["default"]), "get", fail)
    monkeypatch.setattr(type(caches["default"]), "set", fail)
    ranking = ask()
    assert not ranking.degraded
    assert found_by(ranking) == {"semantic", "keyword"}


@pytest.mark.parametrize("value", ["0", "1e-9", "0.5", "-0"])
def test_a_vector_in_the_cache_that_has_no_direction_is_ignored(site, provider, value):
    """Half precision makes zeros of small numbers, which are at no distance from anything."""
    ask()
    memory: Any = caches["default"]
    (key,) = [key for key in memory._cache if "vector_search" in key]
    caches["default"].set(key.split(":", 2)[2], f"[{','.join([value] * 256)}]")
    provider.reset()
    ranking = ask()
    assert (ranking.degraded, provider.calls) == (False, 1)
    assert found_by(ranking) == {"semantic", "keyword"}


class LoadingProvider(RemoteProvider):
    """Takes its time to be loaded."""

    ready = False

    def wait_until_ready(self, seconds=None):
        return self.ready


def test_a_model_that_is_still_being_loaded_is_no_failure_of_it(use_provider, monkeypatch):
    use_provider(LoadingProvider, QUERY_DEADLINE=0.01)
    for _ in range(5):
        assert ask().degraded_reason == "loading"
    assert not SearchEvent.objects.filter(kind=SearchEvent.Kind.PROVIDER_FAILURE).exists()
    monkeypatch.setattr(LoadingProvider, "ready", True)
    assert not ask().degraded


def test_a_local_provider_is_asked_without_a_thread(site, monkeypatch):
    monkeypatch.setattr(base, "call_with_deadline", None)
    assert not ask().degraded


def test_a_remote_provider_is_asked_with_a_deadline(use_provider):
    use_provider(RemoteProvider)
    ranking = ask()
    assert not ranking.degraded
    assert found_by(ranking) == {"semantic", "keyword"}


@pytest.mark.parametrize("legs", [Legs.HYBRID, Legs.SEMANTIC])
def test_a_hanging_provider_leaves_the_words(use_provider, degraded, legs):
    use_provider(HangingProvider, QUERY_DEADLINE=0.05)
    HangingProvider.release.clear()
    ranking = ask(legs=legs)
    HangingProvider.release.set()
    assert (ranking.degraded, ranking.degraded_reason) == (True, "deadline")
    assert found_by(ranking) == {"keyword"}
    assert degraded == ["deadline"]


def test_a_hanging_provider_cannot_fill_the_process_with_threads(use_provider, monkeypatch):
    use_provider(HangingProvider, QUERY_DEADLINE=0.05)
    monkeypatch.setitem(base._slots, "query", threading.BoundedSemaphore(2))
    HangingProvider.release.clear()
    reasons = [ask(f"bread {number}").degraded_reason for number in range(4)]
    threads = sum(thread.name == "embedding-call" for thread in threading.enumerate())
    HangingProvider.release.set()
    assert reasons == ["deadline", "deadline", "busy", "busy"]
    assert threads == 2


@pytest.mark.parametrize(
    "error",
    [
        ProviderUnavailableError("The service is overloaded."),
        ProviderConfigurationError("Wrong key."),
        ConnectionRefusedError("no route"),
        RuntimeError("anything"),
    ],
)
def test_a_failing_provider_leaves_the_words(use_provider, degraded, monkeypatch, error):
    monkeypatch.setattr(FailingProvider, "error", error)
    use_provider(FailingProvider)
    ranking = ask()
    assert ranking.degraded_reason == "provider_error"
    assert found_by(ranking) == {"keyword"}
    assert degraded == ["provider_error"]


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [[1.0] * 256] * 2,
        [[1.0] * 100],
        [[float("nan")] * 256],
        [[float("inf")] * 256],
        [[0.0] * 256],
        "nonsense",
        None,
    ],
    ids=["nothing", "too many", "wrong size", "NaN", "infinity", "zeros", "text", "None"],
)
def test_nonsense_from_a_provider_leaves_the_words(use_provider, monkeypatch, answer):
    monkeypatch.setattr(NonsenseProvider, "answer", answer)
    use_provider(NonsenseProvider)
    ranking = ask()
    assert ranking.degraded_reason == "provider_error"
    assert found_by(ranking) == {"keyword"}


def test_a_provider_that_cannot_be_imported_any_more_leaves_the_words(site, settings):
    Generation.objects.update(configuration={"provider": "gone.Provider", "model": "gone", "options": {}})
    assert ask().degraded_reason == "provider_error"


def test_a_vector_of_another_width_than_the_index_leaves_the_words(site):
    index = Generation.objects.get()
    configuration = {**index.configuration, "vector_table": "wagtail_vector_search.Embedding384"}
    Generation.objects.update(dimensions=384, configuration=configuration)
    assert ask().degraded_reason == "provider_error"


def test_a_failure_is_not_cached(use_provider, monkeypatch):
    monkeypatch.setattr(FailingProvider, "error", ProviderError("No."))
    use_provider(FailingProvider)
    assert ask().degraded
    monkeypatch.setattr(FailingProvider, "_embed", DeterministicProvider._embed)
    assert not ask().degraded


def test_the_log_does_not_say_what_was_asked(use_provider, caplog, monkeypatch):
    monkeypatch.setattr(FailingProvider, "error", RuntimeError("cannot embed: secret disease"))
    use_provider(FailingProvider)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        ask("secret disease")
    assert "words alone" in caplog.text
    assert "disease" not in caplog.text


def test_the_log_quotes_no_error_that_is_not_redacted(site, caplog, monkeypatch):
    def fail(self, text):
        raise RuntimeError(f"cannot embed: {text}")

    monkeypatch.setattr(DeterministicProvider, "embed_query", fail)
    assert ask("secret disease").degraded
    assert "RuntimeError" in caplog.text
    assert "disease" not in caplog.text


def test_a_receiver_that_fails_does_not_break_the_search(use_provider):
    def receiver(**kwargs):
        raise RuntimeError("receiver")

    use_provider(FailingProvider)
    search_degraded.connect(receiver)
    try:
        assert ask().pages
    finally:
        search_degraded.disconnect(receiver)


def test_the_keyword_leg_alone_asks_no_provider(site, provider):
    provider.reset()
    ranking = ask(legs=Legs.KEYWORD)
    assert (provider.calls, ranking.degraded) == (0, False)


def test_queries_go_to_the_model_that_embedded_the_pages_after_the_settings_have_moved_on(site, settings, provider):
    settings.WAGTAIL_VECTOR_SEARCH = {
        "default": {"PROVIDER": HERE + "FailingProvider", "MODEL": "another", "OPTIONS": {"dimensions": 384}}
    }
    provider.reset()
    assert not ask("bread in the oven").degraded
    assert provider.texts == ["bread in the oven"]


def test_a_change_of_dimensions_alone_keeps_the_old_ones_for_queries(site, settings):
    settings.WAGTAIL_VECTOR_SEARCH = {
        "default": settings.WAGTAIL_VECTOR_SEARCH["default"] | {"OPTIONS": {"dimensions": 384}}
    }
    assert not ask().degraded


class KeyedProvider(RemoteProvider):
    known_options = (*DeterministicProvider.known_options, "api_key", "flavour")

    @property
    def model_id(self):
        return f"{self.model}-{self.options.get('flavour')}"

    def _embed(self, texts, *, kind):
        if self.options.get("api_key") != "hidden":
            raise ProviderError("Wrong key.")
        return super()._embed(texts, kind=kind)


def test_a_key_is_taken_from_the_settings_because_the_generation_does_not_keep_it(use_provider, settings):
    use_provider(KeyedProvider, OPTIONS={"api_key": "hidden", "flavour": "old"})
    assert "hidden" not in str(Generation.objects.get().configuration)
    options = {"api_key": "hidden", "flavour": "new"}
    settings.WAGTAIL_VECTOR_SEARCH = {"default": settings.WAGTAIL_VECTOR_SEARCH["default"] | {"OPTIONS": options}}
    assert not ask().degraded


def test_a_key_does_not_go_to_another_provider(site, settings):
    from wagtail_vector_search.conf import get_index_settings

    index = Generation.objects.get()
    settings.WAGTAIL_VECTOR_SEARCH = {
        "default": {"PROVIDER": HERE + "KeyedProvider", "MODEL": "m", "OPTIONS": {"api_key": "hidden"}}
    }
    from wagtail_vector_search.generations.serving import ServingGeneration

    generation = ServingGeneration(index.pk, index.fingerprint, index.configuration, 256, 4)
    assert "api_key" not in generation.get_provider(get_index_settings()).options
    assert get_provider_for(get_index_settings()).options["api_key"] == "hidden"


def test_the_vector_that_is_searched_with_is_the_provider_s(site, provider):
    from wagtail_vector_search.conf import get_index_settings
    from wagtail_vector_search.generations.serving import ServingGeneration

    index = Generation.objects.get()
    generation = ServingGeneration(index.pk, index.fingerprint, index.configuration, 256, 4)
    literal = embedding.embed_query("bread", generation, get_index_settings()).literal
    assert np.allclose(np.fromstring(literal.strip("[]"), sep=","), provider.embed_query("bread"), atol=1e-4)
