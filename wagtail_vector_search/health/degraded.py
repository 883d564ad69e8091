"""Counts the searches that are answered by words alone.

The first is written at once, the others together once a second: an outage under load must not cost a row a search.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from ..models import SearchEvent
from .events import record

#: Seconds between two rows of one process about the same index and reason, at least.
WRITE_SECONDS = 1.0

#: Seconds that ``vector_search_status`` looks back.
REPORTED_SECONDS = 60 * 60.0

_lock = threading.Lock()
_unwritten: Counter[tuple[str, str]] = Counter()
_written_at: dict[tuple[str, str], float] = {}


def count_degraded(index_name: str, reason: str, clock: Callable[[], float] = time.monotonic) -> None:
    """Count one search of an index that was answered by words alone. At most one statement a second.

    What is counted within a second after a row is written with the next one.

    Args:
        index_name: of the index.
        reason: a ``DegradedReason``.
        clock: seconds that only grow.
    """
    key, now = (index_name, reason), clock()
    with _lock:
        _unwritten[key] += 1
        if now - _written_at.get(key, -WRITE_SECONDS) < WRITE_SECONDS:
            return
        _written_at[key] = now
        number = _unwritten.pop(key)
    record(SearchEvent.Kind.DEGRADED, index_name, reason=reason, weight=number, seconds=REPORTED_SECONDS)


def forget_degraded() -> None:
    """Start counting from nothing. For tests."""
    with _lock:
        _unwritten.clear()
        _written_at.clear()
