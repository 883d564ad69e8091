"""Pytest plugin: marks tests by what makes them slow.

``transactional``: commits, and is undone table by table. ``processes``: starts other programs. ``browser``: drives
Chromium.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
#: Fixtures by which a test commits.
COMMITTING = frozenset({"transactional_db", "live_server"})
#: Fixtures by which a test starts programs, besides those that it starts itself.
STARTING = frozenset({"newcomer", "own_server", "processes", "running_pgbouncer"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test."""
    for item in items:
        if is_transactional(item):
            item.add_marker("transactional")
        if starts_processes(item):
            item.add_marker("processes")
        if item.path.is_relative_to(TESTS / "browser"):
            item.add_marker("browser")


def is_transactional(item: pytest.Item) -> bool:
    """Whether what a test writes is committed."""
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or not COMMITTING.isdisjoint(fixtures_of(item))


def starts_processes(item: pytest.Item) -> bool:
    """Whether a test starts programs other than a browser."""
    return hasattr(getattr(item, "module", None), "subprocess") or not STARTING.isdisjoint(fixtures_of(item))


def fixtures_of(item: pytest.Item) -> list[str]:
    """Return the names of all fixtures that a test uses."""
    return list(getattr(item, "fixturenames", ()))
