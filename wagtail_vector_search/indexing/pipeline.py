"""The path of a page into a generation, step by step, for many pages at once.

examine -> (claim) -> write_words -> embed -> write_vectors. One published page and a whole site go the same way. A
worker (``worker``) claims pages before it examines them, a bulk run (``bulk``) examines them before it claims them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from wagtail.models import Page

from ..analysis import get_analyzer
from ..database.errors import is_outage
from ..exceptions import ProviderError
from ..generations.writable import WritableGeneration
from ..health import WORKER, OpenCircuit, Policy, circuit_key, get_open_circuit, judge, record_outage
from ..models.entries import SkipReason
from . import entry_states, limits
from .embedding import Embedded, embed_texts
from .embedding_rows import PagePlan, plan_pages, swap
from .entry_states import Claims, Stored
from .failures import describe_failure
from .keyword_rows import write_keywords
from .own_rules import find_kept_out, has_no_address, has_no_instance
from .preparation import PreparedPage, load_specific_pages, prepare_page
from .survey import SurveyedPage, skip_reason
from .terms import count_terms


@dataclass(slots=True)
class IndexingReport:
    """How many pages ended in which way."""

    #: Keyword row and chunks written.
    indexed: int = 0
    #: Stored already as they are.
    unchanged: int = 0
    #: Taken out of the index.
    removed: int = 0
    #: Not to be indexed.
    skipped: int = 0
    #: Failed for reasons of their own.
    failed: int = 0
    #: Found by their words, while their vectors wait for the provider.
    waiting: int = 0
    #: Calls to the provider.
    calls: int = 0
    #: Of these, given up because no answer came in time.
    lost_calls: int = 0
    #: What is wrong with the provider or the index, if anything.
    outage: ProviderError | None = None

    def add(self, other: IndexingReport) -> None:
        """Add another report's numbers to this one."""
        for number in fields(self):
            if number.name != "outage":
                setattr(self, number.name, getattr(self, number.name) + getattr(other, number.name))
        self.outage = self.outage or other.outage


@dataclass(slots=True)
class Examination:
    """What has to be done about pages."""

    unchanged: list[PreparedPage] = field(default_factory=list)
    changed: list[PreparedPage] = field(default_factory=list)
    skipped: dict[Any, SkipReason] = field(default_factory=dict)
    #: Redacted error by page.
    failed: dict[Any, str] = field(default_factory=dict)
    #: Pages that were not examined, because there was enough text already.
    unread: list[Any] = field(default_factory=list)
    #: How much text has been prepared.
    characters: int = 0


@dataclass(slots=True)
class ClaimedBatch:
    """Claimed pages whose words have been written, on their way to their vectors."""

    claims: Claims
    #: How the chunks of the pages change whose words were written.
    plans: list[PagePlan] = field(default_factory=list)
    report: IndexingReport = field(default_factory=IndexingReport)
    #: Pages whose entries have been written: indexed, skipped, failed or postponed.
    done: set[Any] = field(default_factory=set)
    #: Set while the provider is not called after failures.
    circuit: OpenCircuit | None = None

    @property
    def not_done(self) -> Claims:
        """Claims that are lost to an editor or another worker, and those that still hold but are locked."""
        return {page_id: version for page_id, version in self.claims.items() if page_id not in self.done}

    def mark_done(self, pages: set[Any]) -> int:
        """Add pages to ``done``, and return how many they are."""
        self.done |= pages
        return len(pages)

    @property
    def texts(self) -> list[str]:
        """Everything that needs a vector, page by page."""
        return [new.text for plan in self.plans for new in plan.new]


def examine(
    writable: WritableGeneration, surveyed: Sequence[SurveyedPage], *, characters: int | None = None
) -> Examination:
    """Compare pages with what is stored of them. Reads only; a page that cannot be read fails alone.

    Args:
        writable: the generation.
        surveyed: the pages.
        characters: stop after so much text; the result names the pages that were not read.
    """
    examined, eligible = Examination(), []
    languages = {page.language_code for page in surveyed}
    problems = {code: get_analyzer(code, writable.settings.analyzers).find_problem() for code in languages}
    for page in surveyed:
        if reason := skip_reason(page, writable.settings):
            examined.skipped[page.page_id] = reason
        elif problem := problems[page.language_code]:
            examined.failed[page.page_id] = problem
        else:
            eligible.append(page)
    kept_out = find_kept_out(eligible, writable.using, examined.failed)
    examined.skipped |= dict.fromkeys(kept_out, SkipReason.OWN_RULE)
    eligible = [page for page in eligible if page.page_id not in kept_out and page.page_id not in examined.failed]
    for start in range(0, len(eligible), limits.LOAD_PAGES):
        part = eligible[start : start + limits.LOAD_PAGES]
        pages = load_specific_pages(part, writable.using, examined.failed)
        for number, page in enumerate(part, start + 1):
            _examine_page(writable, page, pages.pop(page.page_id, None), examined)
            if characters is not None and examined.characters >= characters:
                examined.unread = [unread.page_id for unread in eligible[number:]]
                return examined
    return examined


def _examine_page(
    writable: WritableGeneration, surveyed: SurveyedPage, page: Page | None, examined: Examination
) -> None:
    if page is None:
        examined.failed.setdefault(surveyed.page_id, "The page has no row in the table of its type.")
        return
    try:
        if has_no_instance(page):
            examined.skipped[surveyed.page_id] = SkipReason.OWN_RULE
            return
        if has_no_address(page):
            examined.skipped[surveyed.page_id] = SkipReason.NO_ADDRESS
            return
        prepared = prepare_page(page, surveyed.language_code, writable)
    except Exception as exc:
        if is_outage(exc, writable.using):
            raise
        examined.failed[surveyed.page_id] = describe_failure(exc)
        return
    examined.characters += sum(len(chunk.text) for chunk in prepared.chunks)
    if not prepared.chunks:
        examined.skipped[surveyed.page_id] = SkipReason.EMPTY
    elif surveyed.is_stored_as(prepared.content_hash):
        examined.unchanged.append(prepared)
    else:
        examined.changed.append(prepared)


def write_words(writable: WritableGeneration, claims: Claims, examined: Examination) -> ClaimedBatch:
    """Write everything that needs no provider, and plan the rest.

    Args:
        writable: the generation.
        claims: the pages to write; those that are not claimed stay as they are.
        examined: what has to be done.
    """
    batch = ClaimedBatch(claims)
    unchanged = [Stored(p.page_id, p.content_hash, len(p.chunks)) for p in examined.unchanged if p.page_id in claims]
    batch.report.unchanged = batch.mark_done(entry_states.finish_unchanged(writable, claims, unchanged))
    reasons = {page_id: reason for page_id, reason in examined.skipped.items() if page_id in claims}
    batch.report.skipped = batch.mark_done(entry_states.skip(writable, claims, reasons))
    errors = {page_id: error for page_id, error in examined.failed.items() if page_id in claims}
    batch.report.failed = batch.mark_done(entry_states.fail(writable, claims, errors))
    changed = [page for page in examined.changed if page.page_id in claims]
    written = write_keywords(writable, claims, changed, count_terms(changed, writable.settings)) if changed else []
    batch.plans = plan_pages(writable, written) if written else []
    return batch


def check_circuit_breaker(writable: WritableGeneration, batch: ClaimedBatch) -> None:
    """Note whether the provider's circuit breaker is open. One statement, for a remote provider only."""
    if batch.texts and not writable.provider.is_local:
        batch.circuit = get_open_circuit(circuit_key(writable.generation.configuration))


def embed(writable: WritableGeneration, batch: ClaimedBatch, *, policy: Policy = WORKER) -> Embedded:
    """Ask the provider for the vectors of every new chunk. Uses no database, so that it may run in another thread.

    Args:
        writable: the generation.
        batch: the pages.
        policy: how long to wait for a provider that is overloaded, unreachable, or behind an open circuit breaker.
    """
    if batch.circuit:
        if batch.circuit.seconds > policy.longest_wait:
            return Embedded(outage=batch.circuit.error())
        time.sleep(batch.circuit.seconds)
    return embed_texts(writable.provider, batch.texts, dimensions=writable.generation.dimensions, policy=policy)


def write_vectors(writable: WritableGeneration, batch: ClaimedBatch, embedded: Embedded) -> IndexingReport:
    """Swap the rows of pages whose vectors have come; fail or postpone the others, depending on who is at fault."""
    import numpy as np

    ready, failed, waiting = _divide(batch, embedded)
    batch.report.calls, batch.report.lost_calls = embedded.calls, embedded.lost_calls
    vectors = [
        np.array([embedded.vectors[position] for position in positions], dtype=np.float32).reshape(
            -1, writable.generation.dimensions
        )
        for _, positions in ready
    ]
    batch.report.indexed = batch.mark_done(swap(writable, batch.claims, [plan for plan, _ in ready], vectors))
    batch.report.failed += batch.mark_done(entry_states.fail(writable, batch.claims, failed))
    if embedded.outage:
        if embedded.asked and not writable.provider.is_local:
            record_outage(circuit_key(writable.generation.configuration), embedded.outage)
        asked = judge(embedded.outage).retry_after or 0
        postponed = entry_states.postpone(writable, waiting, describe_failure(embedded.outage), asked=asked)
        batch.report.waiting = batch.mark_done(postponed)
        batch.report.outage = embedded.outage
    return batch.report


def _divide(batch: ClaimedBatch, embedded: Embedded) -> tuple[list[tuple[PagePlan, range]], dict[Any, str], Claims]:
    """Divide pages into those that have all vectors, those at fault, and those that have to wait."""
    ready: list[tuple[PagePlan, range]] = []
    failed: dict[Any, str] = {}
    waiting: Claims = {}
    stop = 0
    for plan in batch.plans:
        positions = range(stop, stop := stop + len(plan.new))
        if error := next((embedded.errors[at] for at in positions if at in embedded.errors), None):
            failed[plan.page.page_id] = describe_failure(error, plan.page.texts())
        elif all(at in embedded.vectors for at in positions):
            ready.append((plan, positions))
        else:
            waiting[plan.page.page_id] = batch.claims[plan.page.page_id]
    return ready, failed, waiting
