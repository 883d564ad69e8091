"""The signal that tells a project of searches that are answered by words alone."""

from __future__ import annotations

import logging

from django.dispatch import Signal

from ..health import count_degraded

logger = logging.getLogger(__name__)

#: Sent when a search went on with words alone, with ``index_name`` and ``reason`` (a ``DegradedReason``).
#: The query is not part of it: what visitors type stays private.
search_degraded = Signal()

#: Reasons that a process logs once.
PERMANENT = frozenset({"not_postgresql"})

_permanent: set[tuple[str, str]] = set()


def report_degraded(index_name: str, reason: str) -> None:
    """Log and count that a search of index ``index_name`` was answered by words alone, and send ``search_degraded``."""
    count_degraded(index_name, reason)
    # A database without vectors stays so; all other reasons pass, and the times of them tell something.
    is_known = (index_name, reason) in _permanent
    if reason in PERMANENT:
        _permanent.add((index_name, reason))
    level = logging.DEBUG if is_known else logging.WARNING
    logger.log(level, 'A search of the index "%s" was answered by words alone: %s', index_name, reason)
    for receiver, problem in search_degraded.send_robust(sender=None, index_name=index_name, reason=reason):
        if problem:
            logger.error("A receiver of search_degraded failed: %r", receiver, exc_info=problem)
