"""What an editor's transaction does where PostgreSQL's time limits end our part of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.db import OperationalError, connections, transaction

from ..models.limits import is_out_of_time
from .database import has_time_limits

logger = logging.getLogger(__name__)


def write_in_time(write: Callable[[], object], using: str) -> None:
    """Write what belongs into an editor's transaction; after it, if a time limit does not allow that.

    A worker may hold a row for a moment. Where the project has a ``lock_timeout`` or ``statement_timeout`` shorter than
    that, the edit must not fail for it. A savepoint makes that possible, and costs two statements; so it is made only
    where there is such a limit.

    Args:
        write: called again after the commit if it was not in time.
        using: the database.
    """
    try:
        with _savepoint(using):
            write()
    except OperationalError as error:
        if not is_out_of_time(error):
            raise
        logger.warning("PostgreSQL's time limit struck while an edit was noted; trying again after the commit.")
        transaction.on_commit(lambda: _write_late(write), using=using)


def _savepoint(using: str) -> AbstractContextManager[object]:
    needed = connections[using].in_atomic_block and has_time_limits(using)
    return transaction.atomic(using=using) if needed else nullcontext()


def _write_late(write: Callable[[], object]) -> None:
    try:
        write()
    except OperationalError:
        logger.exception("An edit could not be noted in time; the next update_vector_index finds it.")
