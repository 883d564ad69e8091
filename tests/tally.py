"""Pytest plugin: counts how many faults and hostile inputs the suite has tried, and prints the numbers at its end."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

#: What was tried -> how often, such as ``{"processes killed": 12}``.
tried: Counter[str] = Counter()


def tally(what: str, number: int = 1) -> None:
    """Count something that was tried.

    Args:
        what: in the plural, such as ``"processes killed"``.
        number: how many.
    """
    tried[what] += number


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the numbers of a process of ``pytest-xdist`` to the one that prints them."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tried"] = dict(tried)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add the numbers of a process of ``pytest-xdist``."""
    tried.update(getattr(node, "workeroutput", {}).get("tried", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was tried."""
    if tried:
        terminalreporter.section("faults and hostile inputs tried")
        for what, number in sorted(tried.items()):
            terminalreporter.write_line(f"{number:8,}  {what}")
