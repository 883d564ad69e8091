"""Pytest plugin: which tests ``pytest-xdist`` runs in one process, and which it begins with.

Tests of a module stay together, since they may share what the module builds. So do all that are stopped by the clock:
two of them at a time would keep each other waiting on a machine of two cores. (The option ``--dist loadgroup`` of
pytest-xdist 3.8 has no effect with pytest 9.2.)

``--shuffle SEED`` runs groups, the modules of each, and the tests of each in an order of their own.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

#: Folders whose tests run one after the other, and modules whose few tests take long; the longest first.
FIRST = (
    "tests/faults",
    "tests/browser",
    "tests/integration/testproject/demo",
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for another order."""
    parser.addoption("--shuffle", metavar="SEED", help="run the tests in the order that a seed says")


def chance(seed: str, name: str) -> float:
    """Return the place of something in the order of a seed: the same in every process."""
    return random.Random(f"{seed} {name}").random()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring the tests into another order, if that is wanted; what shares a fixture of a module or class stays so."""
    if seed := config.getoption("shuffle"):

        def place(item: pytest.Item) -> list[float]:
            module, parent = item.nodeid.partition("::")[0], item.nodeid.rpartition("::")[0]
            return [chance(seed, each) for each in (group_of(module), module, parent, item.nodeid)]

        items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let ``pytest-xdist`` schedule by groups."""
    from xdist.scheduler import LoadScopeScheduling

    seed = config.getoption("shuffle")

    def place(group: str) -> float:
        return chance(seed, group) if seed else rank_of(group)

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

        def _assign_work_unit(self, node: Any) -> None:
            """Take the first group by rank, or by chance; without either it would be the one of most tests."""
            self.workqueue.move_to_end(min(self.workqueue, key=place), last=False)
            super()._assign_work_unit(node)

    return ByGroup(config, log)
