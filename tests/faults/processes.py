"""Starts real processes on the test database, lets them stop at a named function, and kills them there.

::

    worker = processes.command("process_vector_queue", stop_at="wagtail_vector_search.indexing.pipeline.embed:before")
    worker.wait_until_stopped()
    worker.kill()

A process runs with the settings that the test has at that moment. It is forked from a server that has Django set up,
so that it costs milliseconds. Tests that use it must be transactional: what others commit is all that a process sees.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.db import connection, connections

from tests.tally import tally

from . import child as child_module
from .child import GO_ON, Order, application_name

#: Seconds after which a test gives up on a process.
TIMEOUT = 60.0


class Child:
    """One process."""

    def __init__(self, process: Any, line: Connection, output: Path) -> None:
        self._process, self._line, self._output = process, line, output

    @property
    def pid(self) -> int:
        """Its number."""
        return int(self._process.pid)

    @property
    def output(self) -> str:
        """What it has printed so far, to standard output and to standard error."""
        return self._output.read_text() if self._output.exists() else ""

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return bool(self._process.is_alive())

    def wait_until_stopped(self, timeout: float = TIMEOUT) -> str:
        """Wait until it stands at a place of ``stop_at``, and return which."""
        if not self._line.poll(timeout):
            raise AssertionError(f"The process came to no stop in {timeout} s. It printed:\n{self.output}")
        try:
            _, place = self._line.recv()
        except (EOFError, ConnectionResetError):
            self._process.join(TIMEOUT)
            raise AssertionError(f"The process ended ({self._process.exitcode}). It printed:\n{self.output}") from None
        return str(place)

    def go_on(self) -> None:
        """Let it go on from where it stopped."""
        self._line.send(GO_ON)

    def kill(self) -> None:
        """``kill -9`` it, and wait until the database has noticed."""
        tally("processes killed")
        self.end(signal.SIGKILL)
        wait_until(lambda: not self.backends(), "the database has noticed the end of a process")

    def send(self, number: int) -> None:
        """Send a signal, if it is still there to get it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def end(self, number: int) -> int:
        """Send a signal and return the exit status: negative for a process that died of a signal."""
        self.send(number)
        return self.wait()

    def wait(self, timeout: float = TIMEOUT) -> int:
        """Wait for the end and return the exit status."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise AssertionError(f"The process did not end in {timeout} s. It printed:\n{self.output}")
        return int(self._process.exitcode)

    def succeed(self, timeout: float = TIMEOUT) -> str:
        """Wait for an end without error and return what was printed."""
        status = self.wait(timeout)
        assert status == 0, f"The process ended with status {status}. It printed:\n{self.output}"
        return self.output

    def backends(self) -> list[int]:
        """Return the database's processes that serve this one, where no pooler is in between."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [application_name(self.pid)])
            return [pid for (pid,) in cursor.fetchall()]

    def terminate_backends(self) -> int:
        """Let the database end its side of every connection of this process; return how many those were."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = %s",
                [application_name(self.pid)],
            )
            ended = int(cursor.fetchone()[0])
        tally("database connections terminated", ended)
        return ended


class Processes:
    """All processes of one test.

    Args:
        folder: where they print to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._children: list[Child] = []

    def command(self, name: str, *arguments: str, **options: Any) -> Child:
        """Start a management command. Options: as of ``start``."""
        return self.start(name, arguments, is_command=True, **options)

    def call(self, path: str, *arguments: Any, **options: Any) -> Child:
        """Start a function, named by its dotted path. Options: as of ``start``."""
        return self.start(path, arguments, is_command=False, **options)

    def start(
        self,
        what: str,
        arguments: Sequence[Any],
        *,
        is_command: bool,
        stop_at: str | Sequence[str] = (),
        settings: Mapping[str, Any] | None = None,
        databases: Mapping[str, Mapping[str, Any]] | None = None,
        patches: Mapping[str, Any] | None = None,
    ) -> Child:
        """Start a process.

        Args:
            what: a management command or the dotted path of a function.
            arguments: to it.
            is_command: whether it is a command.
            stop_at: where it stops: ``package.module.function:before``, ``package.module.Class.method:after``; the
                second call of it with ``:2`` behind.
            settings: what differs from the settings that the test has now.
            databases: entries of ``DATABASES`` that differ from the connections that the test has now.
            patches: other values for constants and functions, by dotted path.
        """
        output = self._folder / f"process-{next(self._numbers)}.txt"
        order = Order(
            what,
            tuple(arguments),
            is_command,
            str(output),
            (stop_at,) if isinstance(stop_at, str) else tuple(stop_at),
            {**changed_settings(), **(settings or {})},
            {**_databases(), **(databases or {})},
            patches or {},
        )
        ours, theirs = _context.Pipe()
        process = _context.Process(target=child_module.run, args=(order, theirs), daemon=True)
        process.start()
        theirs.close()
        child = Child(process, ours, output)
        self._children.append(child)
        return child

    def end(self) -> None:
        """Leave none of them behind."""
        for child in self._children:
            if child.is_alive:
                child.end(signal.SIGKILL)


def changed_settings() -> dict[str, Any]:
    """Return the settings that the test has changed."""
    layers = []
    layer: Any = vars(django_settings)["_wrapped"]
    while hasattr(layer, "default_settings"):
        layers.append(
            {name: value for name, value in vars(layer).items() if name.isupper() and name != "SETTINGS_MODULE"}
        )
        layer = layer.default_settings
    return {name: value for values in reversed(layers) for name, value in values.items()}


def wait_until(condition: Callable[[], object], what: str, timeout: float = TIMEOUT) -> None:
    """Wait for something that others bring about.

    Args:
        condition: asked every few milliseconds.
        what: it means, for the message.
        timeout: seconds.
    """
    until = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"Not after {timeout} s: {what}.")
        time.sleep(0.02)


def _databases() -> dict[str, dict[str, Any]]:
    return {alias: dict(connections[alias].settings_dict) for alias in connections}


_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([child_module.__name__])
