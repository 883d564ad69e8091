"""A provider that puts its key, its address and the texts it was sent into everything that goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from wagtail_vector_search.exceptions import (
    BatchTooLargeError,
    InvalidEmbeddingError,
    ProviderConfigurationError,
    ProviderUnavailableError,
)
from wagtail_vector_search.providers import DeterministicProvider

KEY = "Zq81VerySecretKey"
TOKEN = "T0kenInAHeader"
PASSWORD = "hunter2pw"
HOST = "embedder.internal"
URL = f"https://alice:{PASSWORD}@{HOST}:8443/v1"
OPTIONS = {"key": KEY, "base_url": URL, "headers": {"Authorization": f"Bearer {TOKEN}", "Accept": "json"}}
SECRETS = (KEY, TOKEN, PASSWORD, HOST)


class ServiceError(Exception):
    """As a client raises it: with the answer, and with all it knows."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status_code = status
        self.request = {"url": URL, "headers": OPTIONS["headers"]}


class SpeechlessError(Exception):
    def __str__(self) -> str:
        raise RuntimeError(KEY)


def _everything(texts: list[str]) -> str:
    return f"{KEY} {URL} host='{HOST}' {OPTIONS['headers']} {texts} {json.dumps(texts)} {texts[0][:-3]}"


def _chained(error: Exception, texts: list[str], *, explicit: bool) -> None:
    try:
        raise OSError(_everything(texts))
    except OSError as cause:
        error.add_note(_everything(texts))
        if explicit:
            raise error from cause
        raise error  # noqa: B904 - the context is the point


def _raise(error: Exception) -> None:
    raise error


FAILURES: dict[str, Callable[[list[str]], Any]] = {
    "an error of its own": lambda texts: _raise(RuntimeError(_everything(texts))),
    "an error with a cause": lambda texts: _chained(ConnectionError("refused"), texts, explicit=True),
    "an error with a context": lambda texts: _chained(ValueError("refused"), texts, explicit=False),
    "HTTP 401": lambda texts: _raise(ServiceError(_everything(texts), 401)),
    "HTTP 429": lambda texts: _raise(ServiceError(_everything(texts), 429)),
    "HTTP 500": lambda texts: _raise(ServiceError(_everything(texts), 500)),
    "too large": lambda texts: _raise(BatchTooLargeError(_everything(texts))),
    "unavailable": lambda texts: _chained(ProviderUnavailableError(_everything(texts)), texts, explicit=True),
    "configuration": lambda texts: _chained(ProviderConfigurationError(_everything(texts)), texts, explicit=False),
    "invalid": lambda texts: _raise(InvalidEmbeddingError(_everything(texts))),
    "speechless": lambda _: _raise(SpeechlessError()),
    "nonsense": lambda texts: [[KEY, URL, *texts]] * len(texts),
    "numbers too large": lambda texts: [[10**400] * 256] * len(texts),
}


class LeakyProvider(DeterministicProvider):
    """Fails as ``failure`` says, which is ``None`` while it works."""

    is_local = False
    known_options = (*DeterministicProvider.known_options, *OPTIONS)
    failure: Callable[[list[str]], Any] | None = None

    def _embed(self, texts, *, kind):
        authorization = f"Bearer {self.options['key']}"  # as in the frames of any client
        if type(self).failure and authorization:
            return type(self).failure(list(texts))
        return super()._embed(texts, kind=kind)


class RefusingProvider(DeterministicProvider):
    """Cannot be made, and says why with all it knows."""

    known_options = LeakyProvider.known_options

    def __init__(self, model, options=None):
        address = (options or {})["base_url"]
        raise ValueError(f"{_everything(['text'])} {address} {options['headers']}")
