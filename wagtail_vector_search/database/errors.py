"""Why PostgreSQL refused a statement: a time limit that the project has set there, or a right that its role lacks."""

from __future__ import annotations

from typing import Final

from django.db import Error, InterfaceError, OperationalError, connections

#: ``statement_timeout``, or a cancellation by an administrator.
QUERY_CANCELED: Final = "57014"
#: ``lock_timeout``.
LOCK_NOT_AVAILABLE: Final = "55P03"
INSUFFICIENT_PRIVILEGE: Final = "42501"
#: Of a transaction that runs at a stricter level than ``READ COMMITTED``: another has changed a row meanwhile.
SERIALIZATION_FAILURE: Final = "40001"
DEADLOCK_DETECTED: Final = "40P01"

#: What to put before a command that may take longer than a visitor's request.
NO_TIMEOUT: Final = 'Run it without the limit: PGOPTIONS="-c statement_timeout=0"'


def has_state(error: Error, *states: str) -> bool:
    """Return whether PostgreSQL gave one of these SQLSTATE codes as the reason of an error."""
    return getattr(error.__cause__, "sqlstate", None) in states


def is_out_of_time(error: Error) -> bool:
    """Return whether a time limit ended a statement."""
    return has_state(error, QUERY_CANCELED, LOCK_NOT_AVAILABLE)


def may_pass(error: Error) -> bool:
    """Return whether the same statement may succeed a little later: only other transactions or a limit stopped it."""
    return has_state(error, QUERY_CANCELED, LOCK_NOT_AVAILABLE, SERIALIZATION_FAILURE, DEADLOCK_DETECTED)


def describe(error: BaseException) -> str:
    """Return what the database said, in one line. PostgreSQL and psycopg name a role or a table, never a password."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def is_conflict(error: BaseException) -> bool:
    """Return whether the same statements may succeed when they are executed again: another transaction came between."""
    return isinstance(error, Error) and has_state(error, SERIALIZATION_FAILURE, DEADLOCK_DETECTED)


def is_outage(error: BaseException, using: str | None = None) -> bool:
    """Return whether the database cannot do its work at all, so that no page is the cause.

    An operational error is also what a text too large for an index gives, or a statement that takes too long, or
    another database that a page reads from: those would happen with the same page again and again.

    Args:
        error: any error.
        using: the database, if the error may come from another.
    """
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:
        return using is None or is_disconnected(using)
    # Connection failure, lack of resources, shutdown.
    return state.startswith(("08", "53", "57P"))


def is_disconnected(using: str) -> bool:
    """Return whether there is no connection, or one that has broken."""
    connection = connections[using].connection
    return connection is None or bool(connection.closed)
