"""A circuit breaker for each provider and model, which all processes share.

Failures are rows that count for a while; the circuit is open while those that count weigh enough. There is no state to
switch and none to get stuck in: the circuit closes by itself, when the failures have run out. ``policy`` says how much
a failure weighs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from ..exceptions import ProviderError, ProviderTimeoutError, ProviderUnavailableError
from ..models import SearchEvent
from ..models.events import MAX_SUBJECT
from .events import current_events, record
from .policy import CIRCUIT_LIMIT, FAILURE_SECONDS, SEARCH, WORKER, Policy, judge
from .statements import shielded

#: Reason of a search that would not wait any longer. It says nothing against embedding documents, which can wait.
DEADLINE = "deadline"

#: ``circuit_key`` in SQL.
CIRCUIT_KEY = f"left(concat({{configuration}} ->> 'provider', ' ', {{configuration}} ->> 'model'), {MAX_SUBJECT})"

#: ``get_open_circuit(..., for_searches=True)`` in SQL: whether the circuit is open.
CIRCUIT_IS_OPEN = f"""(
    SELECT coalesce(sum(weight), 0) >= {CIRCUIT_LIMIT} FROM {{events}}
    WHERE kind = '{SearchEvent.Kind.PROVIDER_FAILURE.value}' AND expires_at > statement_timestamp()
        AND created_at <= statement_timestamp() AND subject = {CIRCUIT_KEY}
)"""


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """The provider is not called for a while, because it has failed."""

    #: When it is called again.
    until: datetime
    #: How long that is from now.
    seconds: float
    #: The last error, redacted.
    detail: str

    def error(self) -> ProviderUnavailableError:
        """Return what a call would have come to."""
        message = f"The provider's circuit breaker is open for {self.seconds:.0f} more seconds. {self.detail}"
        return ProviderUnavailableError(message, retry_after=self.seconds)


def circuit_key(configuration: Mapping[str, Any]) -> str:
    """Return the name under which the failures of a generation's provider are kept.

    Indexes that share a provider and a model share it.
    """
    return f"{configuration.get('provider') or ''} {configuration.get('model') or ''}"[:MAX_SUBJECT]


def record_query_failure(key: str, error: ProviderError) -> None:
    """Note that the query of a search could not be embedded.

    Args:
        key: of the circuit.
        error: what the provider said, or that it said nothing in time.
    """
    _record(key, error, SEARCH, DEADLINE if isinstance(error, ProviderTimeoutError) else "query")


def record_outage(key: str, error: ProviderError) -> None:
    """Note that documents could not be embedded, and that it is the provider's fault."""
    _record(key, error, WORKER, "document")


def get_open_circuit(key: str, *, for_searches: bool = False) -> OpenCircuit | None:
    """Return until when a provider is not called, or ``None`` when it may be. One statement.

    Args:
        key: of the circuit.
        for_searches: whether missed deadlines of searches count too.
    """

    def current_failures(using: str) -> list[Any]:
        current = current_events(SearchEvent.Kind.PROVIDER_FAILURE, key, using).filter(weight__gt=0)
        return list(current.annotate(left=F("expires_at") - Now()).order_by("-expires_at", "-pk"))

    failures: list[Any] = shielded(current_failures, [])
    total, detail = 0, ""
    # From the failure that counts longest: the one that reaches the limit says how long.
    for failure in failures:
        if failure.reason == DEADLINE and not for_searches:
            continue
        detail = detail or failure.detail
        total += failure.weight
        if total >= CIRCUIT_LIMIT:
            return OpenCircuit(failure.expires_at, failure.left.total_seconds(), detail)
    return None


def _record(key: str, error: ProviderError, policy: Policy, reason: str) -> None:
    from ..content import clean_text  # late: signal handlers, which every process loads, import this package

    verdict = judge(error)
    if verdict.blame == "process":
        return  # the provider was not called
    seconds = FAILURE_SECONDS if verdict.retry_after is None else verdict.retry_after
    kind, detail = SearchEvent.Kind.PROVIDER_FAILURE, clean_text(f"{type(error).__name__}: {error}")
    record(kind, key, seconds=seconds, reason=reason, weight=policy.weight(verdict), detail=detail)
