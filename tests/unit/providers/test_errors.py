"""What clients of embedding services raise is sorted by what can be done about it."""

import http.client
import json
import urllib.error
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime
from types import SimpleNamespace

import pytest

from wagtail_vector_search.exceptions import (
    MAX_RETRY_AFTER,
    BatchTooLargeError,
    InvalidEmbeddingError,
    ProviderConfigurationError,
    ProviderError,
    ProviderUnavailableError,
)
from wagtail_vector_search.providers.errors import to_provider_error


class StatusError(Exception):
    """As openai and anthropic raise it."""

    def __init__(self, status, message="no", headers=None):
        super().__init__(message)
        self.status_code = status
        self.response = SimpleNamespace(status_code=status, headers=headers or {})


class ResponseError(Exception):
    """As httpx and requests raise it: the status is the response's."""

    def __init__(self, status):
        super().__init__("no")
        self.response = SimpleNamespace(status_code=status, headers={})


class CodeError(Exception):
    """As Google's clients raise it."""

    def __init__(self, code):
        super().__init__("no")
        self.code = code


def read_retry_after(exc):
    error = to_provider_error(exc, source="P (m)")
    assert isinstance(error, ProviderUnavailableError)
    return error.retry_after


def sort(exc):
    return type(to_provider_error(exc, source="P (m)"))


@pytest.mark.parametrize("error", [StatusError, ResponseError, CodeError])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, InvalidEmbeddingError),
        (400, ProviderError),
        (401, ProviderConfigurationError),
        (403, ProviderConfigurationError),
        (404, ProviderConfigurationError),
        (408, ProviderUnavailableError),
        (409, ProviderUnavailableError),
        (413, BatchTooLargeError),
        (418, ProviderError),
        (422, ProviderError),
        (425, ProviderUnavailableError),
        (429, ProviderUnavailableError),
        (500, ProviderUnavailableError),
        (503, ProviderUnavailableError),
        (529, ProviderUnavailableError),
    ],
)
def test_by_http_status(error, status, kind):
    assert sort(error(status)) is kind


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 8192 tokens, however you requested 9000 tokens.",
        "Invalid 'input': maximum request size is 300000 tokens per request.",
        "Too many inputs. The max number of inputs is 2048.",
        "invalid request: total number of texts must be at most 96. received 100. limit exceeded",
        "Request to model failed. The max allowed tokens per submitted batch is 120000. Your batch has 130000 tokens.",
        "the input length exceeds the context length",
        "Batch size exceeds the limit",
        "inputs must have less than 512 tokens. Input is too long",
        "string too long. Expected a string with maximum length 1048576",
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_that_a_smaller_batch_would_avoid(status, message):
    assert sort(StatusError(status, message)) is BatchTooLargeError


@pytest.mark.parametrize("message", ["Invalid value for 'encoding_format'", "'$.input' is invalid.", "unknown field"])
def test_a_refusal_that_a_smaller_batch_would_not_avoid(message):
    assert sort(StatusError(400, message)) is ProviderError


def named(name, base=Exception):
    return type(name, (base,), {})("no")


@pytest.mark.parametrize(
    ("exc", "kind"),
    [
        (TimeoutError("no"), ProviderUnavailableError),
        (ConnectionRefusedError("no"), ProviderUnavailableError),
        (OSError("no"), ProviderUnavailableError),
        (urllib.error.URLError("no"), ProviderUnavailableError),
        (named("APIConnectionError"), ProviderUnavailableError),
        (named("APITimeoutError"), ProviderUnavailableError),
        (named("ReadTimeout"), ProviderUnavailableError),
        (named("RateLimitError"), ProviderUnavailableError),
        (named("NetworkError"), ProviderUnavailableError),
        (http.client.IncompleteRead(b"{"), ProviderUnavailableError),
        (named("RemoteProtocolError"), ProviderUnavailableError),
        (named("Mine", base=type("TransportError", (Exception,), {})), ProviderUnavailableError),
        (json.JSONDecodeError("cut off", "{", 1), ProviderUnavailableError),
        (ModuleNotFoundError("no"), ProviderConfigurationError),
        (FileNotFoundError("no"), ProviderConfigurationError),
        (PermissionError("no"), ProviderConfigurationError),
        (named("NeedsKeyException"), ProviderConfigurationError),
        (named("UnknownModelError", base=KeyError), ProviderConfigurationError),
        (MemoryError("no"), BatchTooLargeError),
        (named("OutOfMemoryError", base=RuntimeError), BatchTooLargeError),
        (AttributeError("no"), ProviderError),
        (CodeError("rate_limit_exceeded"), ProviderError),
        (CodeError(7), ProviderError),
    ],
    ids=repr,
)
def test_by_name_when_there_is_no_status(exc, kind):
    assert sort(exc) is kind


def test_a_code_that_is_no_http_status_says_nothing():
    exc_class = type("RpcError", (CodeError, ConnectionError), {})
    assert sort(exc_class(7)) is ProviderUnavailableError


def test_a_real_http_error_of_the_standard_library():
    headers = Message()
    headers["Retry-After"] = "12"
    exc = urllib.error.HTTPError("http://localhost/", 429, "slow down", headers, None)
    error = to_provider_error(exc, source="P (m)")
    assert isinstance(error, ProviderUnavailableError)
    assert error.retry_after == 12
    exc.close()


def test_the_message_names_provider_model_status_and_cause():
    exc = StatusError(503, "Connection error.")
    exc.__cause__ = OSError("Name or service not known")
    assert (
        str(to_provider_error(exc, source="P (m)"))
        == "P (m): HTTP 503, StatusError: Connection error. (Name or service not known)"
    )


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "20"}, 20),
        ({"retry-after": "0.5"}, 0.5),
        ({"RETRY-AFTER": "0"}, 0),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "inf"}, MAX_RETRY_AFTER),
        ({"retry-after": "1e12"}, MAX_RETRY_AFTER),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_from_the_headers(headers, seconds):
    assert read_retry_after(StatusError(429, headers=headers)) == seconds


def test_retry_after_may_be_a_date():
    later = datetime.now(UTC) + timedelta(seconds=90)
    assert read_retry_after(
        StatusError(429, headers={"Retry-After": format_datetime(later, usegmt=True)})
    ) == pytest.approx(90, abs=2)


def test_headers_of_an_unknown_kind_are_ignored():
    exc_class = type("OddTimeoutError", (Exception,), {"headers": "retry-after: 3"})
    assert read_retry_after(exc_class()) is None
