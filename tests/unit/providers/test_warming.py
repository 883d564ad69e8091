"""The models of all indexes are loaded at the first request, so that the first search need not wait for them."""

import threading

import pytest
from django.core.signals import request_started

from wagtail_vector_search.apps import warm_up
from wagtail_vector_search.providers import DeterministicProvider, registry

UID = "wagtail_vector_search.warm_up"


class LoadingProvider(DeterministicProvider):
    begun = threading.Event()

    def wait_until_ready(self, seconds=None):
        assert seconds == 0  # no request waits
        self.begun.set()
        return False


class BrokenProvider(DeterministicProvider):
    def wait_until_ready(self, seconds=None):
        raise RuntimeError("of key=topsecret")


@pytest.fixture
def _as_at_the_start():
    request_started.disconnect(dispatch_uid=UID)
    request_started.connect(warm_up, dispatch_uid=UID)
    yield
    request_started.disconnect(dispatch_uid=UID)


@pytest.mark.usefixtures("_as_at_the_start")
def test_the_first_request_begins_it_and_no_other_does(settings, monkeypatch):
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {"PROVIDER": f"{__name__}.LoadingProvider"}}
    request_started.send(sender=None)
    assert LoadingProvider.begun.is_set()
    LoadingProvider.begun.clear()
    request_started.send(sender=None)
    assert not LoadingProvider.begun.is_set()


@pytest.mark.parametrize("index", [{"PROVIDER": f"{__name__}.BrokenProvider"}, {"MODLE": "misspelt"}])
def test_what_is_wrong_fails_no_request(settings, caplog, index):
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index}
    registry.begin_loading()
    assert "The model of an index cannot be loaded" in caplog.text
    assert "topsecret" not in caplog.text
