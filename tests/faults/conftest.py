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


@pytest.fixture
def stop_before_commit(processes):
    """Return a function that has an editor's process publish a text of a page, and stop right before the commit."""

    def publish(page_id, text):
        editor = processes.call(
            "tests.faults.editors.publish_in_a_transaction",
            page_id,
            text,
            stop_at="tests.faults.editors.publish:after",
        )
        editor.wait_until_stopped()
        return editor

    return publish
