"""``manage.py update_vector_index``."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import Count

from ...conf import SETTING_NAME, IndexSettings, get_all_index_settings, get_index_settings
from ...database.recreation import recreate_tables
from ...database.time_limits import without_time_limit
from ...exceptions import VectorSearchError
from ...generations.lifecycle import abandon, find
from ...health import prune_events
from ...indexing.pipeline import IndexingReport
from ...indexing.pruning import (
    GenerationSize,
    find_unneeded,
    free_retired,
    measure_generation,
    prune,
    wait_for_searches,
)
from ...indexing.update import (
    MAX_FAILED_SHARE,
    Estimate,
    Outcome,
    count_pages,
    estimate_update,
    is_complete,
    update_index,
)
from ...models import Entry, Generation
from ...models.entries import SkipReason
from ..terminal import (
    TalkativeCommand,
    checked_database,
    postgresql_database,
    progress_of,
)

#: Failed pages that are listed one by one.
MAX_MISSING = 10

#: Options that do not go together, and why.
NONSENSE = (
    ("rebuild", "pages", "builds everything"),
    ("activate_partial", "pages", "needs every page to be looked at"),
    ("activate_partial", "dry_run", "lets an index serve"),
    *(("recreate_tables", other, "builds everything") for other in ("pages", "dry_run", "abandon", "prune")),
    *(("abandon", other, "indexes nothing") for other in ("pages", "rebuild", "activate_partial", "prune")),
    *(("prune", other, "indexes nothing") for other in ("pages", "rebuild", "activate_partial")),
)


class Command(TalkativeCommand):
    help = (
        "Builds the index, or brings it in line with the site. Only what has changed is written. It may be run "
        "at any time, also several times at once, and may be stopped at any point: run it again to continue."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--index", metavar="NAME", help=f"Only this index of {SETTING_NAME}.")
        parser.add_argument("--pages", metavar="ID,ID,...", type=_page_ids, help="Only these pages.")
        parser.add_argument("--dry-run", action="store_true", help="Change nothing; print what would be done and sent.")
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="Build everything from scratch; the present generation serves meanwhile.",
        )
        parser.add_argument(
            "--activate-partial",
            action="store_true",
            help="Let the index serve once it is built, however many of its pages have failed.",
        )
        parser.add_argument(
            "--abandon",
            action="store_true",
            help="Give up the generation that is being built; the present one goes on serving.",
        )
        parser.add_argument("--prune", action="store_true", help="Delete generations that are not needed any more.")
        parser.add_argument(
            "--recreate-tables",
            action="store_true",
            help="First drop the tables of this package and create them again, as after a restore of some of them.",
        )
        parser.add_argument("--quiet", action="store_true", help="Print nothing but errors.")

    def handle(self, *args: Any, **options: Any) -> None:
        for first, second, reason in NONSENSE:
            if options[first] and options[second] not in (None, False):
                raise CommandError(f"--{first} {reason}: leave out --{second}.".replace("_", "-"))
        self.quiet = options["quiet"] or options["verbosity"] == 0
        try:
            succeeded = self._prepare_and_handle(options)
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. What is done stays done: run the same command again to continue.")
            sys.exit(130)
        except VectorSearchError as error:
            raise CommandError(str(error)) from error
        if not succeeded:
            sys.exit(1)

    def _prepare_and_handle(self, options: dict[str, Any]) -> bool:
        if options["recreate_tables"]:
            recreate_tables(postgresql_database())
            self.say("The tables were created again.")
        self.using = checked_database()
        with without_time_limit(self.using) as said:
            if said:
                self.say(said)
            return self._handle(options)

    def _handle(self, options: dict[str, Any]) -> bool:
        if options["prune"]:
            return self._prune(options["index"], dry_run=options["dry_run"])
        chosen = [get_index_settings(options["index"])] if options["index"] else get_all_index_settings()
        if options["abandon"]:
            for settings in chosen:
                self._abandon(settings, dry_run=options["dry_run"])
            return True
        succeeded = [self._handle_index(settings, options) for settings in chosen]
        return all(succeeded)

    def _handle_index(self, settings: IndexSettings, options: dict[str, Any]) -> bool:
        if options["dry_run"]:
            would = estimate_update(settings, self.using, page_ids=options["pages"], rebuild=options["rebuild"])
            self.say(
                f'Index "{settings.index_name}" would write {would.pages:,} pages: {would.chunks:,} chunks to embed, '
                f"about {would.tokens:,} tokens in {would.calls:,} calls of {settings.model}"
                f"{_calibration(would)}. {would.unchanged:,} unchanged, {would.removed:,} to remove, "
                f"{would.skipped:,} skipped, {would.failed:,} fail. Nothing was changed."
            )
            return not would.failed
        started = time.monotonic()
        total = count_pages(self.using) if options["pages"] is None else len(options["pages"])
        with progress_of(total, settings.index_name, self) as progress:
            outcome = update_index(
                settings,
                self.using,
                page_ids=options["pages"],
                rebuild=options["rebuild"],
                partial=options["activate_partial"],
                progress=progress,
            )
        self._summarise(settings, outcome, time.monotonic() - started)
        prune_events()
        return not (outcome.report.failed or outcome.report.outage)

    def _abandon(self, settings: IndexSettings, *, dry_run: bool) -> None:
        """Give up the generation that is being built for an index, and say what goes on serving."""
        building = find(settings.index_name, Generation.State.BUILDING, self.using)
        if building is None:
            self.say(f'Index "{settings.index_name}": no generation is being built.')
            return
        freed = measure_generation(building, self.using)
        if dry_run:
            self._list([freed], "would be given up. Nothing was changed")
        else:
            abandon(settings.index_name, self.using)
            free_retired(settings, self.using)
            self._list([freed], "is given up")
        serving = find(settings.index_name, Generation.State.ACTIVE, self.using)
        if serving is None:
            self.say("No generation serves: searches are answered by keywords alone.")
        else:
            name = f"{serving.configuration.get('model', '')}, {serving.dimensions} dimensions"
            self.say(f"Generation {serving.pk} ({name}) goes on serving.")

    def _prune(self, index_name: str | None, *, dry_run: bool) -> bool:
        """Delete the generations that are not needed, also of an index that is not in the settings any more."""
        unneeded = find_unneeded(self.using, [index_name] if index_name else None)
        if not unneeded:
            self.say("There is nothing to delete.")
            return True
        if dry_run:
            self._list([measure_generation(generation, self.using) for generation in unneeded], "would be deleted")
            self.say("Nothing was changed.")
            return True
        for settings in get_all_index_settings():
            wait_for_searches(settings, self.using)
        freed = prune(unneeded, self.using)
        self._list(freed, "deleted")
        if left := len(unneeded) - len(freed):
            self.stderr.write(f"{left} generation(s) are in use and could not be deleted. Run the same command again.")
        return not left

    def _list(self, freed: Sequence[GenerationSize], verb: str) -> None:
        for generation in freed:
            self.say(
                f'Index "{generation.index_name}": generation {generation.generation_id} ({generation.model}, '
                f"{generation.dimensions} dimensions), {generation.pages:,} pages with {generation.chunks:,} chunks, "
                f"{verb}."
            )

    def _summarise(self, settings: IndexSettings, outcome: Outcome, seconds: float) -> None:
        report = outcome.report
        done = report.indexed + report.unchanged + report.removed + report.skipped + report.failed
        self.say(
            f'Index "{settings.index_name}": {report.indexed:,} indexed, {report.unchanged:,} unchanged, '
            f"{report.removed:,} removed, {report.skipped:,} skipped, {report.failed:,} failed "
            f"in {seconds:.1f} s ({done / seconds if seconds else 0:,.0f} pages/s)."
        )
        if report.calls:
            lost = f", of which {report.lost_calls:,} got no answer in time" if report.lost_calls else ""
            self.say(f"The provider was called {report.calls:,} times{lost}.")
        if report.skipped:
            skipped = outcome.generation.entries.filter(state=Entry.State.SKIPPED)
            counts = skipped.values_list("skip_reason").annotate(count=Count("pk")).order_by("-count", "skip_reason")
            reasons = ", ".join(f"{count:,} {SkipReason(reason).label}" for reason, count in counts)
            self.say(f"Skipped pages of this index: {reasons}.")
        if outcome.activated:
            self.say(self.style.SUCCESS("It serves searches now."))
        for problem in _problems(report, outcome):
            self.stderr.write(self.style.ERROR(problem))
        if outcome.activated and report.failed:
            missing = outcome.generation.entries.filter(state=Entry.State.FAILED).order_by("page_id")
            for page_id, error in missing.values_list("page_id", "last_error")[:MAX_MISSING]:
                self.stderr.write(f"  page {page_id}: {error}")
            if (count := missing.count()) > MAX_MISSING:
                self.stderr.write(f"  and {count - MAX_MISSING:,} more")


def _calibration(would: Estimate) -> str:
    """Say how much of an estimate is not for the text of pages."""
    if not would.calibration_calls:
        return ""
    return (
        f", of which about {would.calibration_tokens:,} tokens in {would.calibration_calls:,} calls are for the "
        "calibration of the cut-off: the index has no calibration, or has doubled since"
    )


def _problems(report: IndexingReport, outcome: Outcome) -> Iterator[str]:
    if report.outage:
        yield f"{report.outage}\n{report.waiting:,} page(s) wait for their vectors. Run the same command again."
    if report.failed:
        yield f"{report.failed:,} page(s) failed. python manage.py vector_search_status shows the errors."
    if outcome.generation.state == Generation.State.BUILDING:
        reason = f"The index does not serve searches yet: more than {MAX_FAILED_SHARE:.0%} of its pages failed."
        if report.outage or is_complete(report):
            yield "The index is not complete and does not serve searches yet. Run: python manage.py update_vector_index"
        elif not is_complete(report, partial=True):
            yield f"{reason} Correct what fails, then run: python manage.py update_vector_index"
        else:
            yield (
                f"{reason} Correct what fails and run the same command again, or let it serve without them: "
                "python manage.py update_vector_index --activate-partial"
            )


def _page_ids(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part.strip()]
