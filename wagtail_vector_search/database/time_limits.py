"""What an editor's transaction, and a visitor's search, do where PostgreSQL's time limits end our part of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from django.db import OperationalError, connections, transaction

from .availability import has_time_limits
from .errors import QUERY_CANCELED, has_state, is_out_of_time

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

    def write_late() -> None:
        try:
            write()
        except OperationalError:
            logger.exception("An edit could not be noted in time; the next update_vector_index finds it.")

    limited = connections[using].in_atomic_block and has_time_limits(using)
    try:
        with transaction.atomic(using=using) if limited else nullcontext():
            write()
    except OperationalError as error:
        if not is_out_of_time(error):
            raise
        logger.warning("PostgreSQL's time limit struck while an edit was noted; trying again after the commit.")
        transaction.on_commit(write_late, using=using)


class OutOfTimeError(Exception):
    """A statement took longer than the database allows."""


@contextmanager
def in_time(using: str, *, limited: bool) -> Iterator[None]:
    """Run statements whose cancellation the visitor's request survives.

    Within a transaction, as under ``ATOMIC_REQUESTS``, that takes a savepoint, which costs two statements: so it is
    made only where there is a time limit.

    Args:
        using: the database.
        limited: whether it has a time limit.

    Raises:
        OutOfTimeError: a statement was cancelled, and the transaction can go on.
    """
    in_transaction = connections[using].in_atomic_block
    try:
        with transaction.atomic(using=using) if in_transaction and limited else nullcontext():
            yield
    except OperationalError as error:
        if not has_state(error, QUERY_CANCELED) or (in_transaction and not limited):
            raise
        raise OutOfTimeError from error
