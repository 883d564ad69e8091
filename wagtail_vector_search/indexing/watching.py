"""Works on the queue again and again, whatever the database and the provider are up to meanwhile."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator

from django.db import close_old_connections

from ..database.availability import is_ready
from ..exceptions import IndexNotReadyError
from .pipeline import Report
from .worker import drain

logger = logging.getLogger(__name__)

#: Seconds between two attempts while nothing works, at most.
LONGEST_PAUSE_SECONDS = 60.0


def watch(
    using: str, *, seconds: float, pause: Callable[[float], object], is_stopping: Callable[[], bool]
) -> Iterator[Report]:
    """Index what is due, wait, and begin again. An error ends nothing: the next attempt is made a little later.

    Waits that a provider asks for, or that a failing page needs, are kept in the database with the pages.

    Args:
        using: the database.
        seconds: to wait when nothing is due.
        pause: waits so many seconds, or less when it is time to stop.
        is_stopping: whether it is time to stop.

    Yields:
        What has been done, whenever it was anything.
    """
    failures = 0
    while not is_stopping():
        try:
            report = _drain(using, is_stopping)
        except Exception:
            failures += 1
            logger.exception("The queue could not be worked on; the next attempt follows.")
        else:
            failures = 0
            if report != Report():
                yield report
        pause(_pause_after(failures) if failures else seconds)


def _drain(using: str, is_stopping: Callable[[], bool]) -> Report:
    # A connection that broke is made anew.
    close_old_connections()
    if not is_ready(using):
        raise IndexNotReadyError(f'The tables are missing from the database "{using}". Run: python manage.py migrate')
    return drain(using, is_stopping=is_stopping)


def _pause_after(failures: int) -> float:
    # Many workers that lost one database must not come back all at once.
    return min(LONGEST_PAUSE_SECONDS, 2.0 ** min(failures, 10)) * random.uniform(0.5, 1)  # noqa: S311  # no secret
