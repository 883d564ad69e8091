"""``manage.py process_vector_queue``."""

from __future__ import annotations

import argparse
import math
import sys
import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from ...exceptions import VectorSearchError
from ...health import prune_events
from ...indexing.entry_states import count_due
from ...indexing.pipeline import IndexingReport
from ...indexing.worker import catch_up, drain, watch
from ..terminal import (
    StopRequest,
    TalkativeCommand,
    checked_database,
    postgresql_database,
    progress_of,
)

#: Seconds between two looks at the queue.
WATCH_SECONDS = 5.0


class Command(TalkativeCommand):
    help = (
        "Indexes the pages that are due: published where no worker runs, claimed by a worker that was killed, or to be "
        "tried again. Any number of these commands may run at a time, and each may be stopped or killed at any point."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--watch",
            metavar="SECONDS",
            nargs="?",
            type=_seconds,
            const=WATCH_SECONDS,
            help=f"Do not end, but look for pages that are due every so many seconds ({WATCH_SECONDS:g}).",
        )
        parser.add_argument("--quiet", action="store_true", help="Print nothing but errors.")

    def handle(self, *args: Any, **options: Any) -> None:
        self.quiet = options["quiet"] or options["verbosity"] == 0
        with StopRequest() as stop:
            if options["watch"] is not None:
                postgresql_database()
                self.say(f"Looking every {options['watch']:g} s for pages that are due.")
                for report in watch(seconds=options["watch"], pause=stop.wait, is_stopping=stop.is_made):
                    self._summarise(report)
                    prune_events()
                self.say("Stopped.")
                return
            started = time.monotonic()
            try:
                catch_up(using := checked_database())
                with progress_of(count_due(using), "queue", self) as progress:
                    report = drain(progress=progress, is_stopping=stop.is_made)
            except VectorSearchError as error:
                raise CommandError(str(error)) from error
            self._summarise(report, f" in {time.monotonic() - started:.1f} s")
            prune_events()
            if report.failed or report.outage:
                sys.exit(1)

    def _summarise(self, report: IndexingReport, time_taken: str = "") -> None:
        self.say(
            f"{report.indexed:,} indexed, {report.unchanged:,} unchanged, {report.skipped:,} left out, "
            f"{report.failed:,} failed, {report.waiting:,} waiting{time_taken}."
        )
        if report.outage:
            self.stderr.write(self.style.ERROR(f"{report.outage}\nThe pages that wait are tried again."))
        if report.failed:
            self.stderr.write(
                self.style.ERROR(
                    f"{report.failed:,} page(s) failed. python manage.py vector_search_status shows the errors."
                )
            )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not math.isfinite(seconds) or seconds <= 0:
        raise argparse.ArgumentTypeError("The number of seconds must be greater than 0.")
    return seconds
