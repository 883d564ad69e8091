"""Shared by the management commands: the database they work on, their progress, and how they are stopped."""

from __future__ import annotations

import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections
from tqdm import tqdm

from ..database.availability import write_alias
from ..database.errors import NO_TIMEOUT, describe, is_out_of_time, is_outage
from ..database.obstacles import find_obstacle
from ..indexing.worker import ignore_progress

#: Seconds between two lines of progress where there is no terminal.
PROGRESS_SECONDS = 5.0

#: Signals that ask a command to stop.
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class DatabaseCommand(BaseCommand):
    """A command that says in one line what keeps the database from being searched, in place of a traceback."""

    def execute(self, *args: Any, **options: Any) -> Any:
        """Run the command."""
        with database_errors_reported():
            return super().execute(*args, **options)


class TalkativeCommand(DatabaseCommand):
    """A command that can be told to be quiet."""

    quiet = False

    def say(self, text: str) -> None:
        """Print a line, unless told to be quiet."""
        if not self.quiet:
            self.stdout.write(text)


def checked_database() -> str:
    """Return the database that is indexed.

    Raises:
        CommandError: something keeps it from being indexed.
    """
    using = postgresql_database()
    if obstacle := find_obstacle(connections[using], writes=True):
        raise CommandError(str(obstacle))
    return using


def postgresql_database() -> str:
    """Return the database that is indexed, without connecting to it.

    Raises:
        CommandError: it is no PostgreSQL.
    """
    using = write_alias()
    vendor = connections[using].vendor
    if vendor != "postgresql":
        raise CommandError(
            f'The database "{using}" is {vendor}; the index needs PostgreSQL with pgvector. Change DATABASES.'
        )
    return using


@contextmanager
def database_errors_reported() -> Iterator[None]:
    """Say in one line what to do when PostgreSQL goes away, cannot be read, or cancels what takes too long.

    Raises:
        CommandError: it did.
    """
    try:
        yield
    except Error as error:
        if is_out_of_time(error):
            remedy = f"{NO_TIMEOUT} python manage.py ..."
        elif obstacle := find_obstacle(connections[write_alias()]):
            raise CommandError(str(obstacle)) from error
        elif is_outage(error):
            remedy = "Run the same command again."
        else:
            raise
        raise CommandError(f"PostgreSQL: {describe(error)}. What is done stays done. {remedy}") from error


class Lines:
    """Progress as a line every few seconds, for logs."""

    def __init__(self, total: int, label: str, command: TalkativeCommand, unit: str) -> None:
        self._total, self._label, self._command, self._unit = total, label, command, unit
        self._done = 0
        self._started = self._printed = time.monotonic()

    def update(self, number: int) -> None:
        """Count what is done, and print a line if it is time."""
        self._done += number
        now = time.monotonic()
        if now - self._printed < PROGRESS_SECONDS:
            return
        self._printed = now
        rate = self._done / (now - self._started)
        left = max(self._total - self._done, 0) / rate if rate else 0
        self._command.stdout.write(
            f"{self._label}: {self._done:,} of {self._total:,} {self._unit}, {rate:,.0f} {self._unit}/s, "
            f"{left:,.0f} s left"
        )


@contextmanager
def progress_of(total: int, label: str, command: TalkativeCommand, *, unit: str = "pages") -> Iterator[Any]:
    """Yield a function to call with the number that is done: it shows a bar on a terminal, else lines, or nothing."""
    if command.quiet:
        yield ignore_progress
    elif sys.stderr.isatty():
        with tqdm(total=total, desc=label, unit=f" {unit}") as bar:
            yield bar.update
    else:
        yield Lines(total, label, command, unit).update


class StopRequest:
    """Notices SIGTERM and SIGINT, so that a command finishes what it is doing. A second signal ends it at once."""

    def __init__(self) -> None:
        self._is_made = False
        # Waiting for an Event or a Condition may lock up when their lock is held while the signal comes. Python itself
        # writes to the socket: a handler would run too late for a signal that comes just before the wait begins.
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._former_wakeup = -1
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            self._former_wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
            self._handlers = {number: signal.signal(number, self._notice) for number in SIGNALS}
        return self

    def __exit__(self, *error: object) -> None:
        self._restore()
        if threading.current_thread() is threading.main_thread():
            signal.set_wakeup_fd(self._former_wakeup)
        self._reader.close()
        self._writer.close()

    def is_made(self) -> bool:
        """Return whether a signal has come."""
        return self._is_made

    def wait(self, seconds: float) -> None:
        """Sleep so long, or until a signal comes."""
        select.select([self._reader], [], [], seconds)

    def _notice(self, number: int, frame: FrameType | None) -> None:
        self._is_made = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers = {}
