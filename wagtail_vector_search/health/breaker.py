"""Leaving a provider alone that fails: a circuit breaker that all processes share.

Failures are rows that count for a while; a provider is left alone while those that count weigh enough. There is no
state to switch and none to get stuck in: it closes by itself, when the failures have run out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from ..content import clean_text
from ..exceptions import (
    DimensionsError,
    ProviderConfigurationError,
    ProviderError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    TooManyCallsError,
)
from ..models import SearchEvent
from ..models.events import MAX_SUBJECT
from .events import events, record, shielded

#: Weight of the failures at which a provider is left alone.
LIMIT = 3

#: Seconds a failure counts.
FAILURE_SECONDS = 30.0

#: Seconds a failure counts at most, however long the provider asked to be left alone.
LONGEST_SECONDS = 600.0

#: Reason of a search that would not wait any longer. It says nothing against embedding documents, which can wait.
DEADLINE = "deadline"

#: The same decision as in ``get_outage``, as an SQL expression: true while the provider is left alone.
IS_LEFT_ALONE = f"""(
    SELECT coalesce(sum(weight), 0) >= {LIMIT} FROM {{events}}
    WHERE kind = '{SearchEvent.Kind.PROVIDER_FAILURE.value}' AND expires_at > statement_timestamp()
        AND subject = left(concat({{configuration}} ->> 'provider', ' ', {{configuration}} ->> 'model'), {MAX_SUBJECT})
)"""


@dataclass(frozen=True, slots=True)
class Outage:
    """A provider is left alone.

    Args:
        until: when it is asked again.
        seconds: how long that is from now.
        detail: the last error, redacted.
    """

    until: datetime
    seconds: float
    detail: str


def provider_name(configuration: Mapping[str, Any]) -> str:
    """Return the name under which the failures of a generation's provider are kept.

    Indexes that share a provider and a model share it.
    """
    return f"{configuration.get('provider', '')} {configuration.get('model', '')}"[:MAX_SUBJECT]


def record_query_failure(provider: str, error: ProviderError) -> None:
    """Note that the query of a search could not be embedded.

    What may be the fault of that one query weighs nothing, or anybody could switch a provider off by odd queries.

    Args:
        provider: as ``provider_name`` has it.
        error: what the provider said, or that it said nothing in time.
    """
    if isinstance(error, TooManyCallsError):
        return  # it was not asked
    weight = LIMIT if _is_certain(error) else int(isinstance(error, ProviderUnavailableError))
    _record(provider, error, weight, DEADLINE if isinstance(error, ProviderTimeoutError) else "query")


def record_outage(provider: str, error: ProviderError) -> None:
    """Note that documents could not be embedded, and that it is the provider's fault."""
    if not isinstance(error, TooManyCallsError):
        _record(provider, error, LIMIT, "document")


def get_outage(provider: str, *, for_searches: bool = False) -> Outage | None:
    """Return until when a provider is left alone, or ``None`` when it may be asked. One statement.

    Args:
        provider: as ``provider_name`` has it.
        for_searches: whether missed deadlines of searches count too.
    """
    failures: list[SearchEvent] = shielded(lambda using: _current_failures(provider, using), [])
    return _find_outage(failure for failure in failures if for_searches or failure.reason != DEADLINE)


def _is_certain(error: ProviderError) -> bool:
    """Whether one such error is enough: the next query would fail as well, or the provider said how long to wait."""
    asked = isinstance(error, ProviderUnavailableError) and error.retry_after is not None
    return asked or isinstance(error, (ProviderConfigurationError, DimensionsError))


def _record(provider: str, error: ProviderError, weight: int, reason: str) -> None:
    asked = error.retry_after if isinstance(error, ProviderUnavailableError) else None
    seconds = FAILURE_SECONDS if asked is None else min(asked, LONGEST_SECONDS)
    kind = SearchEvent.Kind.PROVIDER_FAILURE
    detail = clean_text(f"{type(error).__name__}: {error}")
    record(kind, provider, seconds=seconds, reason=reason, weight=weight, detail=detail)


def _current_failures(provider: str, using: str) -> list[SearchEvent]:
    current = events(SearchEvent.Kind.PROVIDER_FAILURE, provider, using).filter(weight__gt=0, expires_at__gt=Now())
    return list(current.annotate(left=F("expires_at") - Now()).order_by("-expires_at", "-pk"))


def _find_outage(failures: Iterable[Any]) -> Outage | None:
    """Add failures up, from the one that counts longest; the one that reaches the limit says how long."""
    total, detail = 0, ""
    for failure in failures:
        detail = detail or failure.detail
        total += failure.weight
        if total >= LIMIT:
            left: timedelta = failure.left
            return Outage(failure.expires_at, left.total_seconds(), detail)
    return None
