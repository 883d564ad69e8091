"""The signal that tells a project of searches that are answered by words alone."""

from __future__ import annotations

import logging

from django.dispatch import Signal

from ..health import UnreadableError, count_degraded, is_new
from ..health.statements import ADVICE
from .values import DegradedReason

logger = logging.getLogger(__name__)

#: Sent when a search went on with words alone, with ``index_name`` and ``reason`` (a ``DegradedReason``).
#: The query is not part of it: what visitors type stays private.
search_degraded = Signal()

#: Reasons that a process logs once: a database without vectors stays so.
PERMANENT = frozenset({DegradedReason.NOT_POSTGRESQL})

_permanent: set[tuple[str, str]] = set()


def report_degraded(index_name: str, reason: str, detail: str = "") -> None:
    """Count that a search of index ``index_name`` was answered by words alone, and send ``search_degraded``.

    The log has a line for it once a minute, and for a reason that stays once a process.

    Args:
        index_name: of the index.
        reason: a ``DegradedReason``.
        detail: what the database said.
    """
    count_degraded(index_name, reason)
    is_known = (index_name, reason) in _permanent
    if reason in PERMANENT:
        _permanent.add((index_name, reason))
    if not is_known and is_new(f"degraded {index_name} {reason}"):
        said = f" ({detail})" if detail else ""
        advice = f". {ADVICE}" if reason == DegradedReason.INDEX_UNREADABLE else ""
        logger.warning(
            'A search of the index "%s" was answered by words alone: %s%s%s', index_name, reason, said, advice
        )
    for receiver, problem in search_degraded.send_robust(sender=None, index_name=index_name, reason=reason):
        if problem:
            logger.error("A receiver of search_degraded failed: %r", receiver, exc_info=problem)


def why_unreadable(error: UnreadableError) -> tuple[DegradedReason, str]:
    """Return why a search whose statement failed is degraded, and what the database said."""
    return DegradedReason.DATABASE_TIMEOUT if error.is_timeout else DegradedReason.INDEX_UNREADABLE, str(error)
