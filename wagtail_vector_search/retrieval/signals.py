"""A signal for whoever wants to be told that searches are worse than they should be."""

from __future__ import annotations

import logging

from django.dispatch import Signal

from ..health import count_degraded

logger = logging.getLogger(__name__)

#: Sent when a search went on with words alone, with ``alias`` (of the index) and ``reason`` (a ``DegradedReason``).
#: The query is not part of it: what visitors type is nobody's business.
search_degraded = Signal()


def report_degraded(alias: str, reason: str) -> None:
    """Log and count that a search of index ``alias`` was answered by words alone, and send ``search_degraded``."""
    count_degraded(alias, reason)
    logger.warning('A search of the index "%s" was answered by words alone: %s', alias, reason)
    for receiver, problem in search_degraded.send_robust(sender=None, alias=alias, reason=reason):
        if problem:
            logger.error("A receiver of search_degraded failed: %r", receiver, exc_info=problem)
