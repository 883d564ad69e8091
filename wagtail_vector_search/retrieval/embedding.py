"""The vector of a query: from the cache or from the provider, within a deadline, never with an error for a visitor."""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from ..conf import IndexSettings
from ..database.vectors import vector_literal
from ..exceptions import DimensionsError, ProviderError, ProviderTimeoutError, TooManyCallsError
from ..generations.serving import ServingGeneration
from ..health import circuit_key, record_query_failure, take_call
from .values import DegradedReason, QueryVector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

#: Letters of the longest query in capitals that is embedded in capitals: "NHS", "VAT".
LONGEST_ABBREVIATION = 4

# A vector as this module writes it: of unit length, so that no number has more than one digit before the point.
_LITERAL = re.compile(r"\[-?\d(?:\.\d{1,12})?(?:e-\d\d?)?(?:,-?\d(?:\.\d{1,12})?(?:e-\d\d?)?)*\]", re.ASCII)


def embed_query(
    text: str, generation: ServingGeneration, settings: IndexSettings, *, circuit_is_open: bool | None = False
) -> QueryVector:
    """Embed a query with the model that embedded the pages.

    Args:
        text: The normalised query, not empty.
        generation: The generation to search.
        settings: Give the deadline, the budget of calls, and the time a vector stays in the cache.
        circuit_is_open: Whether a remote provider has failed so often just now that it is not asked; ``None`` where
            that is not known yet, so that it is not asked either.

    Returns:
        The vector, or the reason why the search must go on with words alone. Raises nothing.
    """
    text = _as_embedded(text)
    key = cache_key(text, generation)
    cached = _shielded(lambda: cache.get(key), default="")
    if _is_vector(cached, generation.dimensions):
        return QueryVector(cached)
    try:
        literal = _ask(text, generation, settings, circuit_is_open=circuit_is_open)
    except _NotAskedError as error:
        return QueryVector(reason=error.reason)
    except Exception as error:
        # A provider's own errors are redacted; the message of any other might quote the query or a key.
        said = error if isinstance(error, ProviderError) else type(error)
        logger.warning("A query could not be embedded: %s", said)
        if isinstance(error, ProviderTimeoutError):
            return QueryVector(reason=DegradedReason.DEADLINE)
        is_busy = isinstance(error, TooManyCallsError)
        return QueryVector(reason=DegradedReason.BUSY if is_busy else DegradedReason.PROVIDER_ERROR)
    _shielded(lambda: cache.set(key, literal, settings.query_cache_seconds), default=None)
    return QueryVector(literal)


def embed_without_waiting(text: str, generation: ServingGeneration, settings: IndexSettings) -> QueryVector | None:
    """Embed a query where no remote provider has to be asked for it.

    Args:
        text: The normalised query, not empty.
        generation: The generation to search.
        settings: As for ``embed_query``.

    Returns:
        As ``embed_query``; ``None`` where a remote provider has to be asked.
    """
    found = embed_query(text, generation, settings, circuit_is_open=None)
    return found if found.literal or found.reason else None


def _is_vector(cached: Any, dimensions: int) -> bool:
    """Return whether what the cache holds is a vector that this module has written: of length 1, or nearly.

    Other programs may write to a shared cache. A vector of zeros, or one that half precision rounds to zeros, has no
    distance from anything.
    """
    if not (isinstance(cached, str) and _LITERAL.fullmatch(cached)):
        return False
    values = [float(value) for value in cached[1:-1].split(",")]
    return len(values) == dimensions and 0.9 < math.hypot(*values) < 1.1


def _as_embedded(text: str) -> str:
    """Return a query as it is embedded: as typed, but in lower case if it is in capitals from end to end.

    To many models "GRAVES" is another word than "graves", and a strange one. A short word alone may be an abbreviation,
    which they know in capitals.
    """
    return text.lower() if text.isupper() and len(text) > LONGEST_ABBREVIATION else text


def cache_key(text: str, generation: ServingGeneration) -> str:
    """Return a key that does not reveal the query to a reader of the cache."""
    digest = salted_hmac("wagtail_vector_search.query", f"{generation.fingerprint}\n{text}", algorithm="sha256")
    return f"wagtail_vector_search:{digest.hexdigest()}"


class _NotAskedError(Exception):
    """The provider was not even asked."""

    def __init__(self, reason: DegradedReason | Literal[""]) -> None:
        super().__init__(reason)
        self.reason = reason


def _shielded(function: Callable[[], Any], default: Any) -> Any:
    """Call something on the cache; a cache that is down costs speed, not searches."""
    try:
        return function()
    except Exception:
        logger.exception("The cache of query vectors failed.")
        return default


def _ask(text: str, generation: ServingGeneration, settings: IndexSettings, *, circuit_is_open: bool | None) -> str:
    provider = generation.get_provider(settings)

    def to_literal(vector: NDArray[np.float32]) -> str:
        if len(vector) != generation.dimensions:
            raise DimensionsError(
                f"{provider!r} returned a vector of {len(vector)} dimensions; the index has {generation.dimensions}."
            )
        return vector_literal(vector)

    if circuit_is_open is None and not provider.is_local:
        raise _NotAskedError("")
    started = time.monotonic()
    if not provider.wait_until_ready(settings.query_deadline):
        raise _NotAskedError(DegradedReason.LOADING)
    if provider.is_local:  # costs nothing, and cannot hang on a network
        return to_literal(provider.embed_query(text))
    if circuit_is_open:
        raise _NotAskedError(DegradedReason.PROVIDER_DOWN)
    if not take_call(settings):
        raise _NotAskedError(DegradedReason.BUDGET)
    try:
        left = max(settings.query_deadline - (time.monotonic() - started), 0.0)
        return to_literal(provider.embed_query(text, timeout=left))
    except ProviderError as error:
        record_query_failure(circuit_key(generation.configuration), error)
        raise
