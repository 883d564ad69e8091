"""How many calls to an embedding provider the searches of a minute may cause.

The database keeps the budget of the whole site, and each process counts its own calls. A busy process takes several
calls from the site's budget at once, as many as it made in the last seconds, so that most of its searches need no
statement for it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from ..conf import IndexSettings
from ..database.execute import fetch
from ..database.tables import table_name
from ..models import SearchEvent
from .statements import shielded

MINUTE = 60.0

#: Seconds within which a process may make the calls that it has taken.
BLOCK_SECONDS = 5.0

#: Share of the site's budget that a process takes at once, at most.
LARGEST_BLOCK = 1 / 20

#: Seconds until a process that was refused asks the database again.
REFUSAL_SECONDS = 1.0

# Calls taken count until the last of them has been made a minute ago, so that no minute ever has more than its budget.
TAKE = """
INSERT INTO {events} (kind, subject, reason, weight, detail, expires_at)
SELECT %(kind)s, %(index_name)s, '', least(%(wanted)s, %(limit)s - taken), '',
    statement_timestamp() + interval '1 second' * %(seconds)s
FROM (
    SELECT coalesce(sum(weight), 0) AS taken FROM {events}
    WHERE kind = %(kind)s AND subject = %(index_name)s AND expires_at > statement_timestamp()
        AND created_at <= statement_timestamp()
) AS site
WHERE taken < %(limit)s
RETURNING weight
"""


@dataclass(slots=True)
class _Calls:
    """The calls of this process for one index."""

    #: When those of the last minute were made.
    made: deque[float] = field(default_factory=deque)
    #: Taken from the site's budget, and not made yet.
    taken: int = 0
    #: Until when those may be made.
    taken_until: float = 0.0
    #: Until when the site has none to give.
    refused_until: float = 0.0


#: Whether calls are neither counted nor refused.
_unlimited = ContextVar("_unlimited", default=False)

_lock = threading.Lock()
_calls: dict[str, _Calls] = {}


def take_call(settings: IndexSettings, clock: Callable[[], float] = time.monotonic) -> bool:
    """Return whether a search may call the provider now, and count the call if it may.

    Args:
        settings: of the index; give both budgets.
        clock: seconds that only grow.
    """
    if _unlimited.get():
        return True
    with _lock:
        calls = _calls.setdefault(settings.index_name, _Calls())
        now = clock()
        while calls.made and calls.made[0] <= now - MINUTE:
            calls.made.popleft()
        limit = settings.query_calls_per_minute_per_process
        if limit is not None and len(calls.made) >= limit:
            return False
        calls.made.append(now)  # before the database is asked, without the lock
    if _take_from_site(settings, calls, now):
        return True
    with _lock:
        calls.made.remove(now)
    return False


@contextmanager
def without_budget() -> Iterator[None]:
    """Let the searches of this context call the provider as often as they need to.

    The budget limits what visitors can cause. A developer who runs a command knows how many queries it has.
    """
    token = _unlimited.set(True)
    try:
        yield
    finally:
        _unlimited.reset(token)


def forget_calls() -> None:
    """Start counting from nothing. For tests."""
    with _lock:
        _calls.clear()


def _take_from_site(settings: IndexSettings, calls: _Calls, now: float) -> bool:
    limit = settings.query_calls_per_minute
    if limit is None:
        return True
    with _lock:
        if now < calls.refused_until:
            return False
        if calls.taken > 0 and now < calls.taken_until:
            calls.taken -= 1
            return True
        lately = sum(made > now - BLOCK_SECONDS for made in calls.made)
    wanted = max(1, min(lately, int(limit * LARGEST_BLOCK)))
    parameters = {
        "kind": SearchEvent.Kind.EMBEDDING_CALLS.value,
        "index_name": settings.index_name,
        "wanted": wanted,
        "limit": int(limit),
        "seconds": MINUTE + BLOCK_SECONDS,
    }

    def take(using: str) -> int:
        rows = fetch(using, TAKE, parameters, events=table_name(SearchEvent))
        return rows[0].weight if rows else 0

    # Where nothing can be written, the budget of the process has to do.
    taken = shielded(take, wanted)
    with _lock:
        calls.taken, calls.taken_until = taken - 1, now + BLOCK_SECONDS
        calls.refused_until = 0.0 if taken else now + REFUSAL_SECONDS
    return taken > 0
