"""A generation is searched and kept up to date with what it was built with, wherever the settings have gone."""

from dataclasses import replace
from functools import partial

import pytest

from wagtail_vector_search.conf import IndexSettings
from wagtail_vector_search.exceptions import MissingVectorTableError, ProviderConfigurationError
from wagtail_vector_search.generations.configuration import fingerprint_of, fits, make_configuration
from wagtail_vector_search.generations.former import get_provider_of, settings_of
from wagtail_vector_search.models import Embedding256, get_vector_table_of
from wagtail_vector_search.providers import BaseEmbeddingProvider, reset_providers

DETERMINISTIC = "wagtail_vector_search.providers.deterministic.DeterministicProvider"
SERVICE = f"{__name__}.ServiceProvider"


class ServiceProvider(BaseEmbeddingProvider):
    """Is called over a network, so that the width of its vectors is unknown before the first call."""

    known_options = (*BaseEmbeddingProvider.known_options, "api_key", "headers", "url", "query_prefix")
    calls = 0

    def _embed(self, texts, *, kind):
        type(self).calls += 1
        return [[1.0] * 256 for _ in texts]


@pytest.fixture
def local():
    return IndexSettings(provider=DETERMINISTIC, model="small")


@pytest.fixture
def service():
    options = {"api_key": "sk-1", "url": "https://user:pass@old.example", "headers": {"x-token": "t", "accept": "json"}}
    return IndexSettings(provider=SERVICE, model="small", options=options)


def built(settings):
    """Return the configuration of a generation, and what tells whether it fits given settings."""
    configuration = make_configuration(settings)
    return configuration, partial(fits, fingerprint_of(configuration), configuration["dimensions"])


def test_keys_and_addresses_are_not_stored(service):
    stored = str(make_configuration(service))
    assert "sk-1" not in stored
    assert "old.example" not in stored
    assert "'t'" not in stored
    assert make_configuration(service)["options"] == {"headers": {"accept": "json"}}


@pytest.mark.parametrize(
    "change",
    [
        {"model": "other"},
        {"chunk_words": 50},
        {"chunk_overlap": 5},
        {"options": {"dimensions": 384}},
        {"provider": SERVICE},
    ],
)
def test_another_shape_of_rows_does_not_fit(local, change):
    _, fits_now = built(local)
    assert fits_now(local)
    assert not fits_now(replace(local, **change))


@pytest.mark.parametrize(
    "change",
    [{"options": {"batch_size": 7}}, {"semantic_weight": 0.5}, {"query_deadline": 2.0}, {"private_pages": True}],
)
def test_what_does_not_shape_rows_fits(local, change):
    _, fits_now = built(local)
    assert fits_now(replace(local, **change))


def test_the_fingerprint_says_the_same_as_fits(local):
    _, fits_now = built(local)
    for change in (
        {},
        {"model": "other"},
        {"chunk_words": 50},
        {"query_deadline": 2.0},
        {"options": {"dimensions": 512}},
    ):
        present = replace(local, **change)
        assert fits_now(present) == (fingerprint_of(make_configuration(present)) == fits_now.args[0])


def test_asking_whether_a_generation_fits_calls_no_service(service):
    _, fits_now = built(service)
    reset_providers()
    before = ServiceProvider.calls
    assert fits_now(service)
    assert ServiceProvider.calls == before


def test_a_width_counts_once_it_is_known(service):
    built(service)
    assert not fits(fingerprint_of({**make_configuration(service), "dimensions": 384}), 384, service)


def test_settings_whose_provider_cannot_be_set_up_fit_nothing(local):
    configuration, fits_now = built(local)
    broken = replace(local, options={"no_such_option": 1})
    assert not fits_now(broken)
    assert not fits_now(replace(local, vector_table="no.Model"))
    assert get_provider_of(configuration, broken).model == "small"


def test_the_present_model_is_used_as_the_settings_say_now(service):
    configuration, _ = built(service)
    options = {"api_key": "sk-2", "url": "https://new.example", "query_prefix": "query: "}
    present = replace(service, options=options)
    assert settings_of(configuration, present).options == options
    assert get_provider_of(configuration, present).options["url"] == "https://new.example"


def test_a_former_model_of_the_same_provider_gets_its_own_options_and_the_present_keys(service):
    configuration, _ = built(replace(service, options={**service.options, "batch_size": 5}))
    options = {**service.options, "api_key": "sk-2", "batch_size": 9, "query_prefix": "query: "}
    former = settings_of(configuration, replace(service, model="large", options=options))
    assert former.model == "small"
    assert former.options == {
        "api_key": "sk-2",
        "url": "https://user:pass@old.example",
        "headers": {"x-token": "t", "accept": "json"},
        "batch_size": 5,
    }


def test_keys_do_not_go_to_another_provider(service, local):
    configuration, _ = built(local)
    assert settings_of(configuration, service).options == {}
    assert settings_of(configuration, service).provider == DETERMINISTIC


def test_a_former_model_is_not_asked_for_at_another_address(service):
    configuration, _ = built(service)
    moved = replace(service, model="large", options={**service.options, "url": "https://new.example"})
    with pytest.raises(ProviderConfigurationError, match="another address") as caught:
        get_provider_of(configuration, moved)
    assert "example" not in str(caught.value)
    assert get_provider_of(configuration, replace(service, model="large")).model == "small"


def test_the_address_of_a_former_model_can_be_said(service):
    configuration, _ = built(service)
    moved = replace(service, model="large", options={**service.options, "url": "https://new.example"})
    former = get_provider_of(configuration, replace(moved, previous_provider={"OPTIONS": service.options}))
    assert (former.model, former.options) == ("small", service.options)
    with pytest.raises(ProviderConfigurationError, match="another address"):
        get_provider_of(configuration, replace(moved, previous_provider={"OPTIONS": moved.options}))


def test_the_key_of_a_former_provider_can_be_said(service, local):
    configuration, _ = built(service)
    previous = {"PROVIDER": SERVICE, "OPTIONS": service.options}
    assert get_provider_of(configuration, replace(local, previous_provider=previous)).options == service.options


def test_the_key_of_a_former_provider_goes_to_no_other(service, local):
    configuration, _ = built(local)
    present = replace(service, previous_provider={"PROVIDER": SERVICE, "OPTIONS": {"api_key": "sk-0"}})
    assert settings_of(configuration, present).options == {}


def test_what_was_said_of_a_former_model_does_not_reach_the_present_one(service):
    configuration, _ = built(service)
    present = replace(service, previous_provider={"OPTIONS": {"api_key": "sk-0"}})
    assert settings_of(configuration, present).options == service.options


def test_a_declared_width_is_part_of_what_is_asked_of_a_model(local):
    configuration, _ = built(replace(local, options={"dimensions": 384}))
    present = replace(local, options={"dimensions": 512})
    assert get_provider_of(configuration, present).dimensions == 384
    assert settings_of(configuration, present).options == {"dimensions": 384}


def test_chunks_are_cut_as_they_were(local):
    configuration, _ = built(local)
    former = settings_of(configuration, replace(local, chunk_words=50, chunk_overlap=5, query_deadline=3.0))
    assert (former.chunk_words, former.chunk_overlap, former.query_deadline) == (100, 20, 3.0)


def test_the_rule_can_be_applied_twice(service):
    configuration, _ = built(service)
    present = replace(service, model="large", chunk_words=50, options={"api_key": "sk-2"})
    once = settings_of(configuration, present)
    assert settings_of(configuration, once) == once


def test_the_table_is_the_one_that_was_built(local):
    configuration, _ = built(local)
    assert get_vector_table_of(256, configuration) is Embedding256
    with pytest.raises(MissingVectorTableError, match=r"no\.Model"):
        get_vector_table_of(256, {**configuration, "vector_table": "no.Model"})
