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
from .events import prune_events
from .policy import BULK, SEARCH, WORKER, Policy, Verdict, judge
from .statements import UnreadableError, forget_logged, is_new, reading, shielded, write_in_time
from .summary import Health, get_health, get_health_lately

__all__ = [
    "BULK",
    "CIRCUIT_IS_OPEN",
    "SEARCH",
    "WORKER",
    "Health",
    "OpenCircuit",
    "Policy",
    "UnreadableError",
    "Verdict",
    "circuit_key",
    "count_degraded",
    "forget_calls",
    "forget_degraded",
    "forget_logged",
    "get_health",
    "get_health_lately",
    "get_open_circuit",
    "is_new",
    "judge",
    "prune_events",
    "reading",
    "record_outage",
    "record_query_failure",
    "shielded",
    "take_call",
    "without_budget",
    "write_in_time",
]
