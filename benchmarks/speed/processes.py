"""Runs what is measured in a process of its own: memory, start-up, and a site without this package."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def run(module: str, *arguments: str, without_package: bool = False) -> dict[str, Any]:
    """Run a module of this folder in a process of its own, on the same database.

    Returns:
        What it printed with ``answer``.

    Raises:
        CalledProcessError: it failed; it has printed why.
    """
    finished = subprocess.run(  # noqa: S603
        _command(module, *arguments),
        env=_environment(without_package=without_package),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return found


@contextmanager
def converse(module: str, *arguments: str, without_package: bool = False) -> Iterator[Callable[[], dict[str, Any]]]:
    """Start a module of this folder in a process of its own, which works once for each line that it reads.

    Yields:
        A function that lets it work once, and returns what it prints with ``answer``.
    """
    process = subprocess.Popen(  # noqa: S603
        _command(module, *arguments),
        env=_environment(without_package=without_package),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask() -> dict[str, Any]:
        assert process.stdin
        assert process.stdout
        print(file=process.stdin, flush=True)
        found: dict[str, Any] = json.loads(process.stdout.readline())
        return found

    with process:
        yield ask


def answer(**values: Any) -> None:
    """Print values for the process that started this one."""
    print(json.dumps(values), flush=True)


def peak_memory() -> float:
    """Return the most memory that this process has had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _command(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.speed.{module}", *arguments]


def _environment(*, without_package: bool) -> dict[str, str]:
    return {**os.environ, "BENCH_WITHOUT_PACKAGE": str(without_package)}
