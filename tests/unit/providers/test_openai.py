"""LLMProvider with llm's OpenAI models: the real client against a local service that fails in every way."""

import json
import threading

import pytest

from tests.embedding_service import Answer, embeddings, error
from wagtail_vector_search.exceptions import (
    BatchTooLargeError,
    InvalidEmbeddingError,
    ProviderConfigurationError,
    ProviderError,
    ProviderUnavailableError,
)
from wagtail_vector_search.providers import LLMProvider

KEY = "sk-test-AbCdEf0123456789"
TEXT = "The merger with Initech will be announced on Friday"


def make_provider(**options):
    return LLMProvider("text-embedding-3-small", {"key": KEY, **options})


def lengths(rows):
    return (rows[:, 1] / rows[:, 0]).round(3).tolist()


def test_documents_come_back_in_order_in_batches(service):
    rows = make_provider(batch_size=2).embed_documents(["a", "bb", "ccc"])
    assert lengths(rows) == [1, 2, 3]
    assert service.requests == [["a", "bb"], ["ccc"]]
    assert service.keys == {KEY}


def test_a_remote_model_is_not_local(service):
    assert make_provider().is_local is False


def test_the_batch_size_is_the_one_llm_knows(service):
    assert make_provider().max_batch_size == 100


def test_prefixes_stand_before_documents_and_queries(service):
    provider = make_provider(document_prefix="passage: ", query_prefix="query: ")
    provider.embed_documents(["a"])
    provider.embed_query("b")
    assert service.requests == [["passage: a"], ["query: b"]]


def test_dimensions_cost_one_call_unless_declared_or_known_to_llm(service):
    assert make_provider(dimensions=4).dimensions == 4
    assert LLMProvider("3-small-512", {"key": KEY}).dimensions == 512
    assert service.requests == []
    provider = make_provider()
    assert (provider.dimensions, provider.dimensions, len(service.requests)) == (4, 4, 1)


def test_declared_dimensions_that_the_model_does_not_have_are_an_error(service):
    with pytest.raises(InvalidEmbeddingError, match="4 dimensions where 1536 are expected"):
        make_provider(dimensions=1536).embed_query("a")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(400, "Invalid value for 'encoding_format'"), ProviderError),
        (error(401, f"Incorrect API key provided: {KEY}."), ProviderConfigurationError),
        (error(403, "Country not supported"), ProviderConfigurationError),
        (error(404, "The model does not exist"), ProviderConfigurationError),
        (error(413, "Payload Too Large"), BatchTooLargeError),
        (error(429, "Rate limit reached"), ProviderUnavailableError),
        (error(500, "The server had an error"), ProviderUnavailableError),
        (error(503, "Overloaded"), ProviderUnavailableError),
        (Answer(502, b"<html>Bad gateway</html>", {"x-should-retry": "false"}), ProviderUnavailableError),
        (Answer(200, embeddings(["a"])[:40]), ProviderUnavailableError),
        (Answer(200, b"<html>Login</html>", {"Content-Type": "text/html"}), ProviderError),
        (Answer(200, b'{"error": "overloaded"}'), ProviderError),
        (Answer(200, b"[]"), ProviderError),
        (Answer(200, b'{"object": "list", "data": []}'), ProviderError),
        (Answer(200, embeddings(["a", "b"])), InvalidEmbeddingError),
        (Answer(200, embeddings(["a"]).replace(b"1.0", b"NaN")), ProviderError),
        (Answer(200, embeddings(["a"]).replace(b"1.0", b'"x"')), ProviderError),
        (Answer(200, embeddings([""]).replace(b"1.0", b"0.0")), InvalidEmbeddingError),
        (Answer(200, embeddings(["a"]).replace(b"1.0, ", b"")), InvalidEmbeddingError),
    ],
    ids=lambda value: f"{value.status} {(value.body or b'')[:60]!r}" if isinstance(value, Answer) else value.__name__,
)
def test_a_failure_of_the_service_has_its_kind_and_shows_neither_key_nor_text(service, answer, kind):
    service.answer = lambda _: answer
    with pytest.raises(ProviderError) as caught:
        make_provider(dimensions=4).embed_query(TEXT)
    assert isinstance(caught.value, kind)
    said = f"{caught.value} {caught.value.__notes__ if hasattr(caught.value, '__notes__') else ''}"
    assert "LLMProvider (text-embedding-3-small)" in said
    assert KEY not in said
    assert "Initech" not in said
    assert caught.value.__context__ is None


def test_an_error_that_echoes_the_text_shows_none_of_it(service):
    service.answer = lambda texts: error(400, f"'{texts[0][:40]}' is not valid")
    with pytest.raises(ProviderError, match=r"is not valid") as caught:
        make_provider().embed_documents([TEXT])
    assert "merger" not in f"{caught.value} {caught.value.__notes__}"


def test_a_rate_limit_says_when_to_come_back(service):
    service.answer = lambda _: error(429, "Rate limit reached", retry_after="33")
    with pytest.raises(ProviderUnavailableError, match=r"HTTP 429, RateLimitError.*Rate limit reached") as caught:
        make_provider().embed_query("a")
    assert caught.value.retry_after == 33


def test_a_rate_limit_may_not_say_when(service):
    service.answer = lambda _: error(429, "Rate limit reached")
    with pytest.raises(ProviderUnavailableError) as caught:
        make_provider().embed_query("a")
    assert caught.value.retry_after is None


def test_a_batch_over_the_token_limit_is_halved(service):
    too_long = "This model's maximum context length is 8192 tokens"
    service.answer = lambda texts: error(400, too_long) if len(texts) > 2 else Answer()
    assert lengths(make_provider().embed_documents(["a", "bb", "ccc", "dddd", "eeeee"])) == [1, 2, 3, 4, 5]
    assert [len(texts) for texts in service.requests] == [5, 2, 3, 1, 2]


def test_a_call_to_a_service_that_hangs_is_abandoned(service):
    release = threading.Event()
    service.answer = lambda _: Answer(wait_for=release)
    with pytest.raises(ProviderUnavailableError, match=r"no answer within 0\.3 seconds"):
        make_provider(timeout=0.3).embed_query("a")
    release.set()


def test_a_service_that_is_not_there_is_unavailable(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://user:hunter2@127.0.0.1:9/v1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(ProviderUnavailableError, match="Connection error") as caught:
        make_provider(timeout=20).embed_query("a")
    assert "hunter2" not in f"{caught.value} {caught.value.__notes__}"


def test_a_connection_that_breaks_off_is_unavailable(service):
    service.answer = lambda _: Answer(cut_at=20)
    with pytest.raises(ProviderUnavailableError):
        make_provider(timeout=20).embed_query("a")


def test_the_call_after_a_failure_works(service):
    provider = make_provider()
    service.answer = lambda _: error(500, "no")
    with pytest.raises(ProviderUnavailableError):
        provider.embed_query("a")
    service.answer = lambda _: Answer()
    assert provider.embed_query("a").shape == (4,)


class TestKey:
    def test_a_missing_key_is_an_error(self, service):
        with pytest.raises(ProviderConfigurationError, match=r"llm keys set openai.*OPENAI_API_KEY"):
            LLMProvider("3-small").embed_query("a")
        assert service.requests == []

    def test_a_key_comes_from_the_environment(self, service, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", "from-environment")
        LLMProvider("3-small").embed_query("a")
        assert service.keys == {"from-environment"}

    def test_a_key_comes_from_the_store_of_llm(self, service, store_key, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", "from-environment")
        store_key(openai="from-store")
        LLMProvider("3-small").embed_query("a")
        assert service.keys == {"from-store"}

    @pytest.mark.parametrize(
        ("option", "key"), [("website", "of-website"), ("SITE_KEY", "of-environment"), ("literal", "literal")]
    )
    def test_a_key_in_the_options_goes_before_both(self, service, store_key, monkeypatch, option, key):
        monkeypatch.setenv("OPENAI_API_KEY", "from-environment")
        monkeypatch.setenv("SITE_KEY", "of-environment")
        store_key(openai="from-store", website="of-website")
        LLMProvider("3-small", {"key": option}).embed_query("a")
        assert service.keys == {key}

    def test_a_key_comes_from_the_environment_where_llm_can_have_no_folder(self, service, monkeypatch):
        monkeypatch.setenv("LLM_USER_PATH", "/dev/null/llm")
        monkeypatch.setenv("OPENAI_API_KEY", "from-environment")
        LLMProvider("text-embedding-3-small").embed_query("a")
        assert service.keys == {"from-environment"}

    def test_a_key_of_the_store_never_shows_in_an_error(self, service, store_key):
        store_key(openai="plain-looking")
        service.answer = lambda _: error(401, "plain-looking is not a key")
        with pytest.raises(ProviderConfigurationError) as caught:
            LLMProvider("3-small").embed_query("a")
        assert "plain-looking" not in f"{caught.value} {caught.value.__notes__}"

    def test_a_key_of_one_provider_is_not_that_of_another(self, service):
        LLMProvider("3-small", {"key": "one"}).embed_query("a")
        LLMProvider("3-small", {"key": "two"}).embed_query("a")
        assert service.keys == {"one", "two"}


def test_the_service_is_called_with_json(service):
    """Guards the tests above: their correct answer is one for the real client."""
    assert json.loads(embeddings(["abc"]))["data"][0]["embedding"] == [1, 3, 0, 0]
    assert lengths(make_provider().embed_documents(["abc"])) == [3]
