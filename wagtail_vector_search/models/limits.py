"""Why PostgreSQL refused a statement: a time limit that the project has set there, or a right that its role lacks."""

from __future__ import annotations

from typing import Final

from django.db import Error

#: ``statement_timeout``, or somebody who has cancelled the statement.
QUERY_CANCELED: Final = "57014"
#: ``lock_timeout``.
LOCK_NOT_AVAILABLE: Final = "55P03"
INSUFFICIENT_PRIVILEGE: Final = "42501"

#: What to put before a command that may take longer than a visitor's request.
NO_TIMEOUT: Final = 'Run it without the limit: PGOPTIONS="-c statement_timeout=0"'


def has_state(error: Error, *states: str) -> bool:
    """Return whether PostgreSQL gave one of these SQLSTATE codes as the reason of an error."""
    return getattr(error.__cause__, "sqlstate", None) in states


def is_out_of_time(error: Error) -> bool:
    """Return whether a time limit ended a statement."""
    return has_state(error, QUERY_CANCELED, LOCK_NOT_AVAILABLE)
