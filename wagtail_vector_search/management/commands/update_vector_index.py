"""``manage.py update_vector_index``."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from tqdm import tqdm

from wagtail_vector_search.conf import SETTING_NAME, IndexSettings, get_all_index_settings, get_index_settings
from wagtail_vector_search.exceptions import VectorSearchError
from wagtail_vector_search.indexing.database import is_ready, write_alias
from wagtail_vector_search.indexing.pipeline import Report
from wagtail_vector_search.indexing.update import (
    Outcome,
    count_pages,
    estimate_update,
    ignore_progress,
    update_index,
)
from wagtail_vector_search.models import VectorIndex

#: Seconds between two lines of progress where there is no terminal.
PROGRESS_SECONDS = 5.0


class Command(BaseCommand):
    help = (
        "Builds the vector index, or brings it in line with the site. Only what has changed is written. "
        "It may be run at any time, several times at once, and stopped at any point: run it again to continue."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--index", metavar="ALIAS", help=f"Only this index of {SETTING_NAME}.")
        parser.add_argument("--pages", metavar="ID,ID,...", type=_page_ids, help="Only these pages.")
        parser.add_argument("--dry-run", action="store_true", help="Print what would be done and sent, and do nothing.")
        parser.add_argument("--rebuild", action="store_true", help="Build everything anew, beside what serves now.")
        parser.add_argument("--quiet", action="store_true", help="Print nothing but errors.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"] and options["pages"]:
            raise CommandError("--rebuild builds everything: leave out --pages.")
        self.quiet = options["quiet"] or options["verbosity"] == 0
        self.using = _checked_database()
        try:
            entries = [get_index_settings(options["index"])] if options["index"] else get_all_index_settings()
            succeeded = [self._handle_index(settings, options) for settings in entries]
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. What is done stays done: run the same command again to continue.")
            sys.exit(130)
        except VectorSearchError as error:
            raise CommandError(str(error)) from error
        if not all(succeeded):
            sys.exit(1)

    def _handle_index(self, settings: IndexSettings, options: dict[str, Any]) -> bool:
        if options["dry_run"]:
            return self._estimate(settings, options["pages"])
        started = time.monotonic()
        total = count_pages(self.using) if options["pages"] is None else len(options["pages"])
        with progress_of(total, settings.alias, self) as progress:
            outcome = update_index(
                settings, self.using, page_ids=options["pages"], rebuild=options["rebuild"], progress=progress
            )
        self._summarise(settings, outcome, time.monotonic() - started)
        return not (outcome.report.failed or outcome.report.outage)

    def _estimate(self, settings: IndexSettings, page_ids: Sequence[int] | None) -> bool:
        would = estimate_update(settings, self.using, page_ids=page_ids)
        self._print(
            f'Index "{settings.alias}" would write {would.pages:,} pages: {would.chunks:,} chunks to embed, about '
            f"{would.tokens:,} tokens in {would.calls:,} calls of {settings.model}. {would.unchanged:,} unchanged, "
            f"{would.removed:,} to remove, {would.skipped:,} skipped, {would.failed:,} fail. Nothing was changed."
        )
        return not would.failed

    def _summarise(self, settings: IndexSettings, outcome: Outcome, seconds: float) -> None:
        report = outcome.report
        done = report.indexed + report.unchanged + report.removed + report.skipped + report.failed
        self._print(
            f'Index "{settings.alias}": {report.indexed:,} indexed, {report.unchanged:,} unchanged, '
            f"{report.removed:,} removed, {report.skipped:,} skipped, {report.failed:,} failed "
            f"in {seconds:.1f} s ({done / seconds if seconds else 0:,.0f} pages/s)."
        )
        if outcome.activated:
            self._print(self.style.SUCCESS("It serves searches now."))
        for problem in _problems(report, outcome):
            self.stderr.write(self.style.ERROR(problem))

    def _print(self, text: str) -> None:
        if not self.quiet:
            self.stdout.write(text)


def _problems(report: Report, outcome: Outcome) -> Iterator[str]:
    if report.outage:
        yield f"{report.outage}\n{report.waiting:,} page(s) wait for their vectors. Run the same command again."
    if report.failed:
        yield f"{report.failed:,} page(s) failed. python manage.py vector_search_status shows the errors."
    if outcome.generation.state == VectorIndex.State.BUILDING:
        yield "The index is not complete and does not serve searches yet. Run: python manage.py update_vector_index"


def _checked_database() -> str:
    using = write_alias()
    vendor = connections[using].vendor
    if vendor != "postgresql":
        raise CommandError(
            f'The database "{using}" is {vendor}; the vector index needs PostgreSQL with pgvector. Change DATABASES.'
        )
    if not is_ready(using):
        raise CommandError(f'The tables are missing from the database "{using}". Run: python manage.py migrate')
    return using


def _page_ids(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part.strip()]


class Lines:
    """Progress as a line every few seconds, for logs."""

    def __init__(self, total: int, label: str, command: Command) -> None:
        self._total, self._label, self._command = total, label, command
        self._done = 0
        self._started = self._printed = time.monotonic()

    def update(self, pages: int) -> None:
        """Note that more pages are done."""
        self._done += pages
        now = time.monotonic()
        if now - self._printed < PROGRESS_SECONDS:
            return
        self._printed = now
        rate = self._done / (now - self._started)
        left = max(self._total - self._done, 0) / rate if rate else 0
        self._command.stdout.write(
            f"{self._label}: {self._done:,} of {self._total:,} pages, {rate:,.0f} pages/s, {left:,.0f} s left"
        )


@contextmanager
def progress_of(total: int, label: str, command: Command) -> Iterator[Any]:
    """Yield what to call with the number of pages done: a bar on a terminal, lines elsewhere, or nothing."""
    if command.quiet:
        yield ignore_progress
    elif sys.stderr.isatty():
        with tqdm(total=total, desc=label, unit=" pages") as bar:
            yield bar.update
    else:
        yield Lines(total, label, command).update
