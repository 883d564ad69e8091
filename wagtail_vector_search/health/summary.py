"""What the rows say in sum: read by ``vector_search_status``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum
from django.db.models.functions import Now

from ..models import SearchEvent
from .breaker import get_open_circuit
from .events import events

#: How long a degraded search is a problem.
LATELY = timedelta(minutes=15)

#: How far back the summary looks.
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Health:
    """How searches of one index fared, and how its provider does."""

    #: Searches of the last hour that were answered by words alone, by ``DegradedReason``.
    degraded: dict[str, int] = field(default_factory=dict)
    #: The same, of the last 15 minutes.
    degraded_lately: dict[str, int] = field(default_factory=dict)
    #: Calls that searches took from the site's budget in the last hour. A local provider has no budget.
    embedding_calls: int = 0
    #: Until when searches do not call the provider, after failures.
    circuit_open_until: datetime | None = None
    #: What the provider said last when it failed, redacted, and when.
    last_error: str = ""
    last_error_at: datetime | None = None

    def problems(self, index_name: str) -> list[str]:
        """Return what needs action, in sentences about the index ``index_name``."""
        problems = []
        if reasons := ", ".join(f"{count} {reason}" for reason, count in self.degraded_lately.items()):
            problems.append(
                f'Searches of the index "{index_name}" were answered by words alone in the last 15 minutes: {reasons}.'
            )
        if self.circuit_open_until:
            problems.append(
                f'The provider of the index "{index_name}" has failed, and its circuit breaker is open until '
                f"{self.circuit_open_until:%H:%M:%S %Z}. {self.last_error}"
            )
        return problems


def get_health(index_name: str, key: str, using: str) -> Health:
    """Read how the searches of an index fared. Five statements.

    Args:
        index_name: of the index.
        key: of the circuit of the provider that embeds queries.
        using: the database.
    """
    degraded = events(SearchEvent.Kind.DEGRADED, index_name, using)
    calls = events(SearchEvent.Kind.EMBEDDING_CALLS, index_name, using).filter(created_at__gt=Now() - HOUR)
    failure = events(SearchEvent.Kind.PROVIDER_FAILURE, key, using).order_by("-created_at", "-pk").first()
    circuit = get_open_circuit(key, for_searches=True)
    return Health(
        degraded=_by_reason(degraded, HOUR),
        degraded_lately=_by_reason(degraded, LATELY),
        embedding_calls=calls.aggregate(calls=Sum("weight", default=0))["calls"],
        circuit_open_until=circuit.until if circuit else None,
        last_error=failure.detail if failure else "",
        last_error_at=failure.created_at if failure else None,
    )


def get_health_lately(index_name: str, key: str, using: str) -> Health:
    """Read only what needs action now. Two statements.

    Args:
        index_name: of the index.
        key: of the circuit of the provider that embeds queries.
        using: the database.
    """
    circuit = get_open_circuit(key, for_searches=True)
    return Health(
        degraded_lately=_by_reason(events(SearchEvent.Kind.DEGRADED, index_name, using), LATELY),
        circuit_open_until=circuit.until if circuit else None,
        last_error=circuit.detail if circuit else "",
    )


def _by_reason(degraded: QuerySet[SearchEvent], period: timedelta) -> dict[str, int]:
    recent = degraded.filter(created_at__gt=Now() - period, created_at__lte=Now())
    return dict(recent.values_list("reason").annotate(Sum("weight")).order_by("reason"))
