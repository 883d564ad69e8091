"""From settings to provider."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from wagtail_vector_search.conf import IndexSettings
from wagtail_vector_search.exceptions import ProviderConfigurationError
from wagtail_vector_search.providers import DeterministicProvider, get_provider, get_provider_for, reset_providers

PATH = "wagtail_vector_search.providers.deterministic.DeterministicProvider"


class Unbuildable(DeterministicProvider):
    def __init__(self, model, options):
        raise RuntimeError(f"cannot reach http://user:{options['key']}@localhost")


class CountedProvider(DeterministicProvider):
    made = 0

    def __init__(self, *args):
        type(self).made += 1
        threading.Event().wait(0.01)  # long enough for threads to meet
        super().__init__(*args)


@pytest.fixture(autouse=True)
def _no_instances():
    reset_providers()
    yield
    reset_providers()


def test_one_configuration_has_one_instance():
    provider = get_provider(PATH, "m", {"dimensions": 8, "batch_size": 2})
    assert type(provider) is DeterministicProvider
    assert get_provider(PATH, "m", {"batch_size": 2, "dimensions": 8}) is provider


@pytest.mark.parametrize(
    ("path", "model", "options"),
    [
        (PATH, "other", {"dimensions": 8}),
        (PATH, "m", {"dimensions": 9}),
        (f"{__name__}.CountedProvider", "m", {"dimensions": 8}),
    ],
)
def test_another_configuration_has_another_instance(path, model, options):
    assert get_provider(path, model, options) is not get_provider(PATH, "m", {"dimensions": 8})


def test_threads_that_ask_at_once_get_one_instance():
    CountedProvider.made = 0
    with ThreadPoolExecutor(16) as threads:
        providers = list(threads.map(lambda _: get_provider(f"{__name__}.CountedProvider", "m", {}), range(200)))
    assert (len({id(provider) for provider in providers}), CountedProvider.made) == (1, 1)


def test_a_reset_makes_a_new_instance():
    provider = get_provider(PATH, "m", {})
    reset_providers()
    assert get_provider(PATH, "m", {}) is not provider


def test_the_provider_of_an_index_is_the_one_of_its_configuration():
    settings = IndexSettings(provider=PATH, model="m", options={"dimensions": 8})
    assert get_provider_for(settings) is get_provider(PATH, "m", {"dimensions": 8})


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("", "which cannot be imported"),
        ("LLMProvider", "which cannot be imported"),
        ("no.such.module.Provider", "which cannot be imported: No module named 'no'"),
        ("wagtail_vector_search.providers.llm.Misspelt", "which cannot be imported"),
        ("builtins.dict", "which is not a subclass of wagtail_vector_search.providers.BaseEmbeddingProvider"),
        ("os.path.join", "which is not a subclass of"),
    ],
)
def test_a_wrong_path_is_an_error_that_says_what_to_type(path, problem):
    with pytest.raises(ProviderConfigurationError) as caught:
        get_provider_for(IndexSettings(index_name="docs", provider=path))
    said = str(caught.value)
    assert f'WAGTAIL_VECTOR_SEARCH["docs"]["PROVIDER"] is "{path}", {problem}' in said
    assert '"wagtail_vector_search.providers.llm.LLMProvider"' in said


def test_an_option_the_provider_refuses_is_an_error_that_names_the_index():
    with pytest.raises(ProviderConfigurationError, match=r'WAGTAIL_VECTOR_SEARCH\["docs"\]: .* option "size"'):
        get_provider_for(IndexSettings(index_name="docs", provider=PATH, options={"size": 3}))
    with pytest.raises(ProviderConfigurationError, match=r"WAGTAIL_VECTOR_SEARCH\[\.\.\.\]: "):
        get_provider(PATH, "m", {"size": 3})


def test_a_constructor_that_fails_shows_no_option():
    with pytest.raises(ProviderConfigurationError, match=r"Unbuildable cannot be set up\. RuntimeError") as caught:
        get_provider(f"{__name__}.Unbuildable", "m", {"key": "topsecret"})
    assert "topsecret" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_failed_attempt_is_not_remembered():
    with pytest.raises(ProviderConfigurationError):
        get_provider(PATH, "m", {"size": 3})
    with pytest.raises(ProviderConfigurationError):
        get_provider(PATH, "m", {"size": 3})
