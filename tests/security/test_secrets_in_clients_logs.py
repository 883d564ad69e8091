"""What the libraries log that speak to a service: never the key, whatever their level."""

import logging

import pytest
from wagtail.models import Page

from tests.embedding_service import EmbeddingService, error
from tests.tally import tally
from wagtail_vector_search.exceptions import ProviderConfigurationError
from wagtail_vector_search.providers import DeterministicProvider, LLMProvider

KEY = "a key that looks like none"
TEXT = "The merger with Initech will be announced."


@pytest.fixture
def service(monkeypatch, tmp_path):
    """A service to which llm's own client is pointed."""
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with EmbeddingService(lambda text: DeterministicProvider().embed_documents([text])[0].tolist()) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{running.url}/v1")
        yield running


@pytest.fixture
def everything_logged(caplog):
    """Every logger that there is, and every one that is made meanwhile, at its most talkative."""
    caplog.set_level(logging.DEBUG)
    for name in ("llm", "openai", "httpx", "httpx2", "httpcore", "httpcore2", *logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.fixture
def provider():
    return LLMProvider("text-embedding-3-small", {"key": KEY})


def said(records):
    """Return all that a formatter or a handler could make of log records."""
    return "\n".join(f"{record.getMessage()} {vars(record)!r} {record.exc_info!r}" for record in records)


def test_of_a_call_that_succeeds(service, provider, everything_logged):
    provider.embed_documents([TEXT])
    assert service.keys == {KEY}
    assert_talkative_and_discreet(everything_logged)


def test_of_a_key_that_is_refused(service, provider, everything_logged):
    service.answer = lambda _: error(401, f"Incorrect API key provided: {KEY}")
    with pytest.raises(ProviderConfigurationError):
        provider.embed_documents([TEXT])
    assert service.keys == {KEY}
    assert_talkative_and_discreet(everything_logged)


@pytest.mark.django_db
def test_of_a_site_that_is_indexed_and_searched(service, everything_logged, configure, make_article, build_index):
    configure(
        PROVIDER="wagtail_vector_search.providers.llm.LLMProvider",
        MODEL="text-embedding-3-small",
        OPTIONS={"key": KEY, "dimensions": 256},
        QUERY_DEADLINE=30,
    )
    make_article("Merger", TEXT)
    build_index()
    assert not Page.objects.search("merger", backend="hybrid").degraded
    assert_talkative_and_discreet(everything_logged)


def assert_talkative_and_discreet(caplog):
    assert {record.name.partition(".")[0] for record in caplog.records} >= {"openai"}
    assert KEY not in said(caplog.records)
    tally("log records searched for secrets", len(caplog.records))
