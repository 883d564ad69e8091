"""Pytest plugin: which tests ``pytest-xdist`` runs in one process, and which it begins with.

Tests of a module stay together, since they may share what the module builds. So do all that are stopped by the clock:
two of them at a time would keep each other waiting on a machine of two cores. (The option ``--dist loadgroup`` of
pytest-xdist 3.8 has no effect with pytest 9.2.)
"""

from __future__ import annotations

from typing import Any

import pytest

#: Folders whose tests run one after the other, and modules whose few tests take long; the longest first.
FIRST = (
    "tests/faults",
    "tests/browser",
    "tests/integration/testproject/test_demo_command.py",
    "tests/security/test_admin_matrix.py",
    "tests/security/test_leaks.py",
    "tests/portability",
    "tests/conformance",
    "tests/integration/indexing/test_random_edits.py",
    "tests/integration/retrieval/test_large_table.py",
)


def group_of(nodeid: str) -> str:
    """Return the name of the tests that run in the same process as a test."""
    module = nodeid.partition("::")[0]
    return next((name for name in FIRST if module.startswith(name)), module)


def rank_of(group: str) -> int:
    """Return a number by which groups are begun, so that no process waits for another at the end."""
    return FIRST.index(group) if group in FIRST else len(FIRST)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let ``pytest-xdist`` schedule by groups."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

        def _assign_work_unit(self, node: Any) -> None:
            """Take the first group by rank; without ranks it would be the one of most tests."""
            self.workqueue.move_to_end(min(self.workqueue, key=rank_of), last=False)
            super()._assign_work_unit(node)

    return ByGroup(config, log)
