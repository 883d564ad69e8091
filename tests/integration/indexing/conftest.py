"""Providers that misbehave, and workers that stay away."""

import pytest

from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.providers import get_provider_for


@pytest.fixture
def configure(settings):
    """Return a function that changes keys of the default index's settings."""

    def change(**values):
        index = settings.WAGTAIL_VECTOR_SEARCH["default"]
        settings.WAGTAIL_VECTOR_SEARCH = {**settings.WAGTAIL_VECTOR_SEARCH, "default": {**index, **values}}

    return change


@pytest.fixture
def use_provider(configure):
    """Return a function that lets one of the misbehaving providers index, and returns it."""

    def use(name):
        configure(PROVIDER=f"tests.integration.indexing.providers.{name}")
        return get_provider_for(get_index_settings())

    return use


@pytest.fixture
def no_worker(settings):
    """Nobody works on what is enqueued."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
