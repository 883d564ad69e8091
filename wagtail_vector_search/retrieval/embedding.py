"""The vector of a query: from the cache or from the provider, within a deadline, never with an error for a visitor."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from ..conf import IndexSettings
from ..exceptions import InvalidEmbeddingError, ProviderError, ProviderUnavailableError
from ..providers.base import BaseEmbeddingProvider
from ..providers.deadline import call_with_deadline
from .generations import ServingGeneration
from .results import DegradedReason

logger = logging.getLogger(__name__)

#: Searches of one process that may wait for a provider at the same time. A call that misses its deadline keeps its
#: place until it ends, so that a hanging provider cannot fill the process with threads.
MAX_WAITING = 16
_waiting = threading.BoundedSemaphore(MAX_WAITING)


@dataclass(frozen=True, slots=True)
class QueryVector:
    """The vector of a query, or why there is none.

    Args:
        literal: The vector as PostgreSQL reads it; empty when there is none.
        reason: A ``DegradedReason``; empty when there is a vector or when none was asked for.
    """

    literal: str = ""
    reason: str = ""


def embed_query(text: str, generation: ServingGeneration, settings: IndexSettings) -> QueryVector:
    """Embed a query with the model that embedded the pages.

    Args:
        text: The normalised query, not empty.
        generation: The generation to search.
        settings: Give the deadline and the time a vector stays in the cache.

    Returns:
        The vector, or the reason why the search must go on with words alone. Raises nothing.
    """
    key = _cache_key(text, generation)
    if literal := _from_cache(key):
        return QueryVector(literal)
    try:
        literal = _call_provider(text, generation, settings)
    except _NoVectorError as error:
        return QueryVector(reason=error.reason)
    except Exception as error:
        _log(error)
        return QueryVector(reason=DegradedReason.PROVIDER_ERROR)
    _to_cache(key, literal, settings.query_cache_seconds)
    return QueryVector(literal)


class _NoVectorError(Exception):
    """The provider gave no answer, or was not even asked."""

    def __init__(self, reason: DegradedReason) -> None:
        super().__init__(reason)
        self.reason = reason


def _cache_key(text: str, generation: ServingGeneration) -> str:
    """Return a key that tells nobody who reads the cache what was asked."""
    digest = salted_hmac("wagtail_vector_search.query", f"{generation.fingerprint}\n{text}", algorithm="sha256")
    return f"wagtail_vector_search:{digest.hexdigest()}"


def _from_cache(key: str) -> str:
    literal = _shielded(lambda: cache.get(key), default="")
    return literal if isinstance(literal, str) else ""


def _to_cache(key: str, literal: str, seconds: int) -> None:
    _shielded(lambda: cache.set(key, literal, seconds), default=None)


def _shielded(function: Callable[[], Any], default: Any) -> Any:
    """Call something on the cache; a cache that is down costs speed, not searches."""
    try:
        return function()
    except Exception:
        logger.exception("The cache of query vectors failed.")
        return default


def _call_provider(text: str, generation: ServingGeneration, settings: IndexSettings) -> str:
    provider = generation.get_provider(settings)
    vector = _embed_in_time(provider, text, settings.query_deadline)
    if len(vector) != generation.dimensions:
        raise InvalidEmbeddingError(
            f"{provider!r} returned a vector of {len(vector)} dimensions; the index has {generation.dimensions}."
        )
    # Five digits are more than half precision keeps.
    return "[" + ",".join(f"{value:.5g}" for value in vector.tolist()) + "]"


def _embed_in_time(provider: BaseEmbeddingProvider, text: str, seconds: float) -> Any:
    if provider.is_local:  # cannot hang on a network, and a thread would cost more than the call
        return provider.embed_query(text)
    started = time.monotonic()
    try:
        return call_with_deadline(lambda: _embed_in_turn(provider, text), seconds)
    except ProviderUnavailableError:
        if time.monotonic() - started >= seconds:
            raise _NoVectorError(DegradedReason.DEADLINE) from None
        raise


def _embed_in_turn(provider: BaseEmbeddingProvider, text: str) -> Any:
    if not _waiting.acquire(blocking=False):
        raise _NoVectorError(DegradedReason.BUSY)
    try:
        return provider.embed_query(text)
    finally:
        _waiting.release()


def _log(error: Exception) -> None:
    # A provider's own errors are redacted; the message of any other might quote the query or a key.
    logger.warning("A query could not be embedded: %s", error if isinstance(error, ProviderError) else type(error))
