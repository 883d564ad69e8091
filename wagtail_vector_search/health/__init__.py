"""How providers and searches fare, known to all processes: failures, budgets, degraded searches."""

from .breaker import IS_LEFT_ALONE, Outage, get_outage, provider_name, record_outage, record_query_failure
from .budget import forget_calls, take_call, without_budget
from .degraded import count_degraded, forget_degraded
from .events import prune_events, shielded
from .summary import Health, get_health, get_health_lately

__all__ = [
    "IS_LEFT_ALONE",
    "Health",
    "Outage",
    "count_degraded",
    "forget_calls",
    "forget_degraded",
    "get_health",
    "get_health_lately",
    "get_outage",
    "provider_name",
    "prune_events",
    "record_outage",
    "record_query_failure",
    "shielded",
    "take_call",
    "without_budget",
]
