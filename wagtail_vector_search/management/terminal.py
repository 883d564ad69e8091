"""What management commands share: the database they work on, and how they show progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connections
from tqdm import tqdm

from ..database.availability import is_ready, write_alias
from ..database.errors import NO_TIMEOUT, is_out_of_time, is_outage
from ..indexing.worker import ignore_progress

#: Seconds between two lines of progress where there is no terminal.
PROGRESS_SECONDS = 5.0


class TalkativeCommand(BaseCommand):
    """A command that can be told to be quiet."""

    quiet = False

    def say(self, text: str) -> None:
        """Print a line, unless told to be quiet."""
        if not self.quiet:
            self.stdout.write(text)


def checked_database() -> str:
    """Return the database that is indexed.

    Raises:
        CommandError: it is no PostgreSQL, or its tables are missing.
    """
    using = postgresql_database()
    if not is_ready(using):
        raise CommandError(f'The tables are missing from the database "{using}". Run: python manage.py migrate')
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
            f'The database "{using}" is {vendor}; the vector index needs PostgreSQL with pgvector. Change DATABASES.'
        )
    return using


@contextmanager
def database_failures_told() -> Iterator[None]:
    """Tell in a line what to do when PostgreSQL goes away, or gives up a statement that takes too long.

    Raises:
        CommandError: it did.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if not (is_out_of_time(error) or is_outage(error)):
            raise
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        remedy = f"{NO_TIMEOUT} python manage.py ..." if is_out_of_time(error) else "Run the same command again."
        raise CommandError(f"PostgreSQL: {reason}. What is done stays done. {remedy}") from error


class Lines:
    """Progress as a line every few seconds, for logs."""

    def __init__(self, total: int, label: str, command: TalkativeCommand, unit: str) -> None:
        self._total, self._label, self._command, self._unit = total, label, command, unit
        self._done = 0
        self._started = self._printed = time.monotonic()

    def update(self, number: int) -> None:
        """Note that more are done."""
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
    """Yield what to call with the number of them done: a bar on a terminal, lines elsewhere, or nothing."""
    if command.quiet:
        yield ignore_progress
    elif sys.stderr.isatty():
        with tqdm(total=total, desc=label, unit=f" {unit}") as bar:
            yield bar.update
    else:
        yield Lines(total, label, command, unit).update
