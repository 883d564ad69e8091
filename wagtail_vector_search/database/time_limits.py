"""Lifts the ``statement_timeout`` of a role or a database for one management command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error, connections

from .execute import fetch

_OPTION = "-c statement_timeout=0"


@contextmanager
def without_time_limit(using: str) -> Iterator[str]:
    """Connect without a ``statement_timeout`` until the block ends, where the way to PostgreSQL allows that.

    That is asked for as the connection is made. A statement would, behind a pooling proxy, count for other clients.

    Args:
        using: the database.

    Yields:
        What was done, as a sentence; empty where there is no limit.
    """
    limit, connection = read_limit(using), connections[using]
    if not limit or connection.in_atomic_block:
        yield ""
        return
    values: dict[str, Any] = connection.settings_dict
    before = dict(values)
    values["OPTIONS"] = {**before["OPTIONS"], "options": f"{before['OPTIONS'].get('options', '')} {_OPTION}".strip()}
    try:
        _reconnect(connection)
        try:
            is_lifted = not read_limit(using)
        except Error:  # a proxy that refuses the option
            is_lifted = False
        if not is_lifted:
            values["OPTIONS"] = before["OPTIONS"]
            _reconnect(connection)
        yield _describe(limit, is_lifted=is_lifted)
    finally:
        values["OPTIONS"] = before["OPTIONS"]
        if not connection.in_atomic_block:
            _reconnect(connection)


def read_limit(using: str) -> str:
    """Return the ``statement_timeout`` of the session, such as "30s"; empty where there is none."""
    (row,) = fetch(using, "SELECT current_setting('statement_timeout') AS value")
    return "" if row.value == "0" else str(row.value)


def _reconnect(connection: Any) -> None:
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()


def _describe(limit: str, *, is_lifted: bool) -> str:
    if is_lifted:
        return f"The statement_timeout of {limit} is lifted for this command."
    return (
        f"The statement_timeout of {limit} cannot be lifted on this way to PostgreSQL. A first build keeps the HNSW "
        "index while the table fills, which takes twice as long; connect without a proxy to avoid that."
    )
