"""The vector of a query: from the cache or from the provider, within a deadline, never with an error for a visitor."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from ..conf import IndexSettings
from ..database.vectors import vector_literal
from ..exceptions import DimensionsError, ProviderError, ProviderTimeoutError, TooManyCallsError
from ..generations.serving import ServingGeneration
from ..health import circuit_key, record_query_failure, take_call
from ..providers.base import BaseEmbeddingProvider
from .results import DegradedReason

logger = logging.getLogger(__name__)

# A vector as this module writes it: of unit length, so that no number has more than one digit before the point.
_LITERAL = re.compile(r"\[-?\d(?:\.\d{1,12})?(?:e-\d\d?)?(?:,-?\d(?:\.\d{1,12})?(?:e-\d\d?)?)*\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class QueryVector:
    """The vector of a query, or why there is none.

    Args:
        literal: The vector as PostgreSQL reads it; empty when there is none.
        reason: A ``DegradedReason``; empty when there is a vector or when none was asked for.
    """

    literal: str = field(default="", repr=False)
    reason: str = ""


def embed_query(
    text: str, generation: ServingGeneration, settings: IndexSettings, *, left_alone: bool = False
) -> QueryVector:
    """Embed a query with the model that embedded the pages.

    Args:
        text: The normalised query, not empty.
        generation: The generation to search.
        settings: Give the deadline, the budget of calls, and the time a vector stays in the cache.
        left_alone: Whether a provider that is remote is left alone because it has failed.

    Returns:
        The vector, or the reason why the search must go on with words alone. Raises nothing.
    """
    key = _cache_key(text, generation)
    if literal := _from_cache(key, generation.dimensions):
        return QueryVector(literal)
    try:
        literal = _ask(text, generation, settings, left_alone=left_alone)
    except _NoVectorError as error:
        return QueryVector(reason=error.reason)
    except Exception as error:
        _log(error)
        return QueryVector(reason=_reason(error))
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


def _from_cache(key: str, dimensions: int) -> str:
    """Return what is there if it is a vector of this width: a cache may be shared with others, who may write to it."""
    literal = _shielded(lambda: cache.get(key), default="")
    if not isinstance(literal, str) or not _LITERAL.fullmatch(literal):
        return ""
    return literal if literal.count(",") == dimensions - 1 else ""


def _to_cache(key: str, literal: str, seconds: int) -> None:
    _shielded(lambda: cache.set(key, literal, seconds), default=None)


def _shielded(function: Callable[[], Any], default: Any) -> Any:
    """Call something on the cache; a cache that is down costs speed, not searches."""
    try:
        return function()
    except Exception:
        logger.exception("The cache of query vectors failed.")
        return default


def _ask(text: str, generation: ServingGeneration, settings: IndexSettings, *, left_alone: bool) -> str:
    provider = generation.get_provider(settings)
    if provider.is_local:  # costs nothing, and cannot hang on a network
        return _to_literal(provider.embed_query(text), provider, generation)
    if left_alone:
        raise _NoVectorError(DegradedReason.PROVIDER_DOWN)
    if not take_call(settings):
        raise _NoVectorError(DegradedReason.BUDGET)
    try:
        vector = provider.embed_query(text, timeout=settings.query_deadline)
        return _to_literal(vector, provider, generation)
    except ProviderError as error:
        record_query_failure(circuit_key(generation.configuration), error)
        raise


def _to_literal(vector: Any, provider: BaseEmbeddingProvider, generation: ServingGeneration) -> str:
    if len(vector) != generation.dimensions:
        raise DimensionsError(
            f"{provider!r} returned a vector of {len(vector)} dimensions; the index has {generation.dimensions}."
        )
    return vector_literal(vector)


def _reason(error: Exception) -> DegradedReason:
    if isinstance(error, ProviderTimeoutError):
        return DegradedReason.DEADLINE
    if isinstance(error, TooManyCallsError):
        return DegradedReason.BUSY
    return DegradedReason.PROVIDER_ERROR


def _log(error: Exception) -> None:
    # A provider's own errors are redacted; the message of any other might quote the query or a key.
    logger.warning("A query could not be embedded: %s", error if isinstance(error, ProviderError) else type(error))
