"""Brings a whole generation in line with the site: the first build, and the repair of edits that sent no signal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError

from ..conf import IndexSettings
from ..database import planner_statistics
from ..database.hnsw import MIN_PAGES, drop_while_filling, ensure_index
from ..database.tables import PageKey, page_model
from ..generations.lifecycle import (
    activate,
    check_wanted,
    find_generation,
    get_or_create_generation,
    wait_for_older_transactions,
)
from ..generations.writable import WritableGeneration
from ..models import Entry, Generation
from . import entry_states, limits
from .bulk import BulkRun
from .calibration import calibrate, needs_calibration, stand_ins
from .comparison import request_differences_of
from .embedding_rows import plan_pages
from .pipeline import IndexingReport, examine
from .pruning import free_retired
from .statistics import estimate_average_length, has_drifted, measure_average_length, refresh_term_frequencies
from .survey import iterate_page_ids, survey
from .worker import ignore_progress, take_requests

logger = logging.getLogger(__name__)

#: A generation in which a larger share of the pages failed does not begin to serve.
MAX_FAILED_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an update."""

    report: IndexingReport
    generation: Generation
    #: Whether the generation has begun to serve.
    activated: bool


@dataclass(slots=True)
class Estimate:
    """What an update would do."""

    #: Pages to write.
    pages: int = 0
    #: Chunks to embed.
    chunks: int = 0
    #: Tokens to send, roughly.
    tokens: int = 0
    #: Calls to the provider.
    calls: int = 0
    #: Of these tokens and calls, those that measure what similarities mean: they do not depend on what has changed.
    calibration_tokens: int = 0
    calibration_calls: int = 0
    unchanged: int = 0
    #: Pages to take out.
    removed: int = 0
    skipped: int = 0
    failed: int = 0

    def add_texts(self, writable: WritableGeneration, texts: Sequence[str]) -> None:
        """Add the tokens and the calls that texts cost."""
        self.tokens += sum(map(writable.provider.count_tokens, texts))
        self.calls += len(writable.provider.plan_batches(texts))


def count_pages(using: str) -> int:
    """Return how many pages an update goes over."""
    return int(page_model()._base_manager.using(using).filter(depth__gt=1).count())


def update_index(
    settings: IndexSettings,
    using: str,
    *,
    page_ids: Sequence[PageKey] | None = None,
    rebuild: bool = False,
    partial: bool = False,
    progress: Callable[[int], object] = ignore_progress,
) -> Outcome:
    """Index whatever differs from what is stored, in the generation that fits the settings.

    A generation that was being built takes over once it is complete; the one it replaces is then deleted. Killed at
    any point, the next run continues.

    Args:
        settings: of the index.
        using: the database.
        page_ids: only these pages; ``None`` goes over all of them.
        rebuild: build a new generation beside one that fits.
        partial: let it take over however many pages have failed.
        progress: called with the number of pages done since it was called last.

    Raises:
        ProviderError: the provider cannot say how many dimensions it returns.
        MissingVectorTableError: no table keeps that many.
        GenerationRetiredError: the generation was given up while it was being built.
    """
    generation = get_or_create_generation(settings, using, rebuild=rebuild)
    writable = WritableGeneration(generation, settings, using)
    if generation.state == Generation.State.BUILDING and not wait_for_older_transactions(using):
        logger.warning("A transaction has been open for long. The next update finds what it saves.")
    try:
        report = _fill(writable, page_ids, progress)
        activated = page_ids is None and _complete(writable, report, partial=partial)
    except IntegrityError:
        check_wanted(generation)  # else its rows are refused because it is gone
        raise
    return Outcome(report, generation, activated)


def estimate_update(
    settings: IndexSettings, using: str, *, page_ids: Sequence[PageKey] | None = None, rebuild: bool = False
) -> Estimate:
    """Return what ``update_index`` would do, and change nothing."""
    generation = find_generation(settings, using, rebuild=rebuild)
    writable = WritableGeneration(generation, settings, using)
    estimate = Estimate()
    for batch in iterate_page_ids(using) if page_ids is None else _in_batches(page_ids):
        surveyed = {page.page_id: page for page in survey(writable, batch)}
        examined = examine(writable, list(surveyed.values()))
        texts = [new.text for plan in plan_pages(writable, examined.changed) for new in plan.new]
        removed = sum(surveyed[page_id].has_rows for page_id in examined.skipped)
        estimate.pages += len(examined.changed)
        estimate.chunks += len(texts)
        estimate.add_texts(writable, texts)
        estimate.unchanged += len(examined.unchanged)
        estimate.removed += removed
        estimate.skipped += len(examined.skipped) - removed
        estimate.failed += len(examined.failed)
    if page_ids is None:
        tokens, calls = estimate.tokens, estimate.calls
        estimate.add_texts(writable, stand_ins(writable, estimate.pages + estimate.unchanged))
        estimate.calibration_tokens, estimate.calibration_calls = estimate.tokens - tokens, estimate.calls - calls
    return estimate


def _fill(
    writable: WritableGeneration, page_ids: Sequence[PageKey] | None, progress: Callable[[int], object]
) -> IndexingReport:
    generation = writable.generation
    if not generation.average_length:
        # Two runs that begin at once weight by the first one's.
        rows = Generation.objects.using(writable.using).filter(pk=generation.pk)
        rows.filter(average_length=0).update(average_length=estimate_average_length(writable))
        generation.average_length = rows.values_list("average_length", flat=True).first() or 0.0
    if page_ids is not None:
        return _run(writable, _in_batches(page_ids), progress, page_ids)
    # A remote provider takes longer than adding its vectors to the HNSW index.
    is_local_build = generation.state == Generation.State.BUILDING and writable.provider.is_local
    if is_local_build and count_pages(writable.using) >= MIN_PAGES:
        dropped = drop_while_filling(writable.vector_table, writable.using, generation_id=writable.generation_id)
        writable = replace(writable, without_hnsw=dropped)
    report = _run(writable, iterate_page_ids(writable.using), progress)
    average = measure_average_length(writable)
    if not report.outage and has_drifted(generation.average_length, average):
        # Pages are much longer or shorter than estimated: their keyword rows are written again, no chunk is embedded.
        generation.average_length = average
        generation.save(using=writable.using, update_fields=["average_length"])
        report.outage = _run(writable, iterate_page_ids(writable.using), ignore_progress).outage
    return report


def _run(
    writable: WritableGeneration,
    batches: Iterable[Sequence[Any]],
    progress: Callable[[int], object],
    page_ids: Sequence[PageKey] | None = None,
) -> IndexingReport:
    report = BulkRun(writable, progress).over(_while_wanted(writable, batches))
    if report.outage:
        return report
    # Pages that workers had claimed, or that editors have saved, closed or opened, while the run went past them.
    take_requests(writable.using)
    if page_ids is None:
        request_differences_of(writable)
    pending = Entry.objects.using(writable.using).filter(generation=writable.generation, state=Entry.State.PENDING)
    if page_ids is not None:
        pending = pending.filter(page__in=list(page_ids))
    left = list(pending.order_by("page_id").values_list("page_id", flat=True))
    report.add(BulkRun(writable, ignore_progress, take_over=True).over(_while_wanted(writable, _in_batches(left))))
    return report


def _while_wanted(writable: WritableGeneration, batches: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Yield batches until there are no more, or another process retires the generation."""
    for batch in batches:
        check_wanted(writable.generation)
        yield batch
    check_wanted(writable.generation)


def _complete(writable: WritableGeneration, report: IndexingReport, *, partial: bool) -> bool:
    generation, using = writable.generation, writable.using
    entry_states.forget_orphans(writable)
    refresh_term_frequencies(writable)
    generation.refresh_from_db(using=using, fields=["page_count", "updated_at"])
    complete = is_complete(report, partial=partial)
    if complete:
        ensure_index(writable.vector_table, using)
        if generation.state == Generation.State.BUILDING and generation.page_count >= MIN_PAGES:
            planner_statistics.gather(writable.vector_table, using)
    if not report.outage and needs_calibration(writable, generation.page_count):
        calibrate(writable)
    activated = complete and activate(generation)
    if generation.state == Generation.State.ACTIVE:
        free_retired(writable.configured, using)
    return activated


def is_complete(report: IndexingReport, *, partial: bool = False) -> bool:
    """Return whether a generation may begin to serve after an update with this report.

    Args:
        report: of all pages.
        partial: whether it may with any number of failed pages, as long as there is one that has not failed.
    """
    done = report.indexed + report.unchanged
    allowed = bool(done) if partial else not has_too_many_failures(done, report.failed)
    return report.outage is None and allowed


def has_too_many_failures(done: int, failed: int) -> bool:
    """Return whether so many pages failed, beside those that are done, that a generation should not serve."""
    return failed > (done + failed) * MAX_FAILED_SHARE


def _in_batches(page_ids: Sequence[PageKey]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(page_ids), limits.BATCH_PAGES):
        yield page_ids[start : start + limits.BATCH_PAGES]
