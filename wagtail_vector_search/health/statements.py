"""One policy for statements that the database refuses: tables or rights missing, the extension hidden, time limits.

==================  =================================================================================================
who                 what happens
==================  =================================================================================================
an editor           ``write_in_time``: goes on. What we could not write is undone alone, and logged. Where only a time
                    limit or a lock was in the way, it is written after the commit.
a visitor           ``reading``: gets Wagtail's keyword results, marked as degraded, with the reason.
events              ``shielded``: searches and the status can do without them.
==================  =================================================================================================

In a transaction that takes a savepoint, which costs two statements. Whether it is needed cannot be known: a limit may
have been set by a statement of the project, or for the database while this process runs.

Each failure is one line in the log, once a minute (``is_new``). ``vector_search_status`` and the checks say what to do.
A connection that is gone cannot be repaired here: that error is raised.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, TypeVar

from django.db import Error, connections, router, transaction
from django.db.transaction import TransactionManagementError

from ..database.errors import describe, is_disconnected, is_out_of_time, may_pass
from ..database.transactions import is_managed_by_project, savepoint
from ..models import SearchEvent

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Seconds in which the same failure is logged once.
LOG_SECONDS: Final = 60.0

#: What every line about an index that cannot be read or written ends with.
ADVICE: Final = "To see what to do, run: python manage.py vector_search_status"

_lock = threading.Lock()
_logged_at: dict[str, float] = {}


class UnreadableError(Exception):
    """The database refused a statement of ours, and the transaction can go on without it."""

    def __init__(self, error: Error) -> None:
        super().__init__(describe(error))
        #: Whether it only took too long, or waited too long for a lock.
        self.is_timeout = is_out_of_time(error)


def write_in_time(write: Callable[[], object], using: str) -> None:
    """Write what belongs into an editor's transaction, without ever making the edit fail.

    A worker may hold a row for longer than the project's ``lock_timeout`` or ``statement_timeout``, our tables may be
    missing or not be ours to write.

    Args:
        write: called again after the commit if it was not in time.
        using: the database.
    """

    def write_late() -> None:
        try:
            write()
        except Error as error:
            _log_unwritten(error)

    try:
        with savepoint(using):
            write()
    except TransactionManagementError:
        raise
    except Error as error:
        if is_disconnected(using):
            raise
        if not may_pass(error) or is_managed_by_project(using):
            _log_unwritten(error)
            return
        if is_new(f"late {using}"):
            logger.warning("An edit could not be noted in time (%s): tried again after its commit.", describe(error))
        transaction.on_commit(write_late, using=using)


def _log_unwritten(error: Error) -> None:
    said = describe(error)
    if is_new(f"unwritten {said}"):
        logger.error("The search index could not follow an edit, which is kept: %s. %s", said, ADVICE)


_SAVEPOINT = "_wagtail_vector_search_savepoint"


@contextmanager
def reading(using: str) -> Iterator[None]:
    """Run statements that only read, so that what comes after them can go on if one fails.

    Within another block of this kind it costs nothing: as nothing is written, both go back to the same savepoint.

    Args:
        using: the database.

    Raises:
        UnreadableError: a statement failed; nothing in the transaction is lost.
    """
    connection = connections[using]
    outer = getattr(connection, _SAVEPOINT, None)
    savepoint = outer or connection.savepoint()  # None outside of a transaction
    setattr(connection, _SAVEPOINT, savepoint)
    try:
        yield
    except TransactionManagementError:
        raise
    except Error as error:
        if is_disconnected(using):
            raise
        if savepoint:
            connection.savepoint_rollback(savepoint)
            connection.needs_rollback = False
        raise UnreadableError(error) from error
    finally:
        setattr(connection, _SAVEPOINT, outer)
        if savepoint and not outer:
            with suppress(Error):  # a connection that is gone, or a transaction that was lost before
                connection.savepoint_commit(savepoint)


def shielded(statement: Callable[[str], T], default: T) -> T:
    """Run a statement on the database that is written, for a caller that can do without it.

    Args:
        statement: gets the alias of the database.
        default: what to return when the statement fails, or when the database is not PostgreSQL.
    """
    using = router.db_for_write(SearchEvent)
    if connections[using].vendor != "postgresql":
        return default
    try:
        with savepoint(using):
            return statement(using)
    except Error as error:
        said = describe(error)
        if is_new(f"health {said}"):
            logger.warning("The health of searches could not be read or noted: %s", said)
        return default


def is_new(failure: str, clock: Callable[[], float] = time.monotonic) -> bool:
    """Return whether a failure is to be logged: it has not been within ``LOG_SECONDS``.

    Args:
        failure: tells it from others.
        clock: seconds that only grow.
    """
    now = clock()
    with _lock:
        for old in [key for key, at in _logged_at.items() if now - at >= LOG_SECONDS]:
            del _logged_at[old]
        return _logged_at.setdefault(failure, now) == now


def forget_logged() -> None:
    """Log every failure again. For tests."""
    with _lock:
        _logged_at.clear()
