"""What must be measured in a process of its own: memory, start-up, and a site without this package."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from typing import Any


def run(module: str, *arguments: str, without_package: bool = False) -> dict[str, Any]:
    """Run a module of this folder in a process of its own, on the same database.

    Returns:
        What it printed with ``answer``.

    Raises:
        CalledProcessError: it failed; it has printed why.
    """
    environment = {**os.environ, "BENCH_WITHOUT_PACKAGE": str(without_package)}
    finished = subprocess.run(  # noqa: S603
        [sys.executable, "-m", f"benchmarks.speed.{module}", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return found


def answer(**values: Any) -> None:
    """Print what the process that started this one wants to know."""
    print(json.dumps(values))


def peak_memory() -> float:
    """Return the most memory that this process has had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
