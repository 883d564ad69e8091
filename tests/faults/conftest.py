"""Processes that are killed, and an index to find them out by."""

from __future__ import annotations

import pytest

from .databases import add_alias, bare_database, connect_default, own_database, own_server, pgbouncer, running_pgbouncer
from .processes import Processes

__all__ = [
    "add_alias",
    "bare_database",
    "connect_default",
    "own_database",
    "own_server",
    "pgbouncer",
    "running_pgbouncer",
]


@pytest.fixture
def processes(transactional_db, tmp_path):
    """Starts processes on the test database; none outlives the test."""
    started = Processes(tmp_path)
    yield started
    started.end()
