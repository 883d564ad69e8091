"""How providers and searches fare, known to all processes: failures, budgets, degraded searches."""

from .breaker import (
    CIRCUIT_IS_OPEN,
    OpenCircuit,
    circuit_key,
    get_open_circuit,
    record_outage,
    record_query_failure,
)
from .budget import forget_calls, take_call, without_budget
from .degraded import count_degraded, forget_degraded
from .events import prune_events, shielded
from .policy import BULK, SEARCH, WORKER, Policy, Verdict, judge
from .summary import Health, get_health, get_health_lately

__all__ = [
    "BULK",
    "CIRCUIT_IS_OPEN",
    "SEARCH",
    "WORKER",
    "Health",
    "OpenCircuit",
    "Policy",
    "Verdict",
    "circuit_key",
    "count_degraded",
    "forget_calls",
    "forget_degraded",
    "get_health",
    "get_health_lately",
    "get_open_circuit",
    "judge",
    "prune_events",
    "record_outage",
    "record_query_failure",
    "shielded",
    "take_call",
    "without_budget",
]
