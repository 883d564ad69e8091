"""The path of a page into a generation, step by step, for many pages at once.

examine -> (claim) -> write_words -> embed -> write_vectors. One page that was published and a whole site go the same
way; ``worker`` claims before it examines, ``update`` examines before it claims.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from wagtail.models import Page

from ..database.errors import is_outage
from ..exceptions import ProviderError
from ..generations.writable import WritableGeneration
from ..health import WORKER, OpenCircuit, Policy, circuit_key, get_open_circuit, judge, record_outage
from ..models.entries import SkipReason
from . import entry_states, limits
from .embedding import Embedded, embed_texts
from .embedding_rows import PagePlan, plan_pages, swap
from .entry_states import Claims, Stored
from .failures import describe
from .keyword_rows import write_keywords
from .preparation import PreparedPage, prepare_page
from .survey import Candidate, load_pages, skip_reason
from .terms import Frequencies, count_terms

T = TypeVar("T")


@dataclass(slots=True)
class Report:
    """How many pages came to what end."""

    #: Keyword row and chunks written.
    indexed: int = 0
    #: Stored already as they are.
    unchanged: int = 0
    #: Were in the index, and are not any more.
    removed: int = 0
    #: Not to be indexed.
    skipped: int = 0
    #: Failed for reasons of their own.
    failed: int = 0
    #: Findable by their words; their vectors have to wait for the provider.
    waiting: int = 0
    #: What is wrong with the provider or the index, if anything.
    outage: ProviderError | None = None

    def add(self, other: Report) -> None:
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
    #: Pages not looked at, for there was enough text already.
    left: list[Any] = field(default_factory=list)
    #: How much text has been prepared.
    characters: int = 0


@dataclass(slots=True)
class Work:
    """Claimed pages on their way, from the words to the vectors."""

    claims: Claims
    #: How the chunks of those pages change whose words are written.
    plans: list[PagePlan] = field(default_factory=list)
    report: Report = field(default_factory=Report)
    #: Pages of which something has become.
    settled: set[Any] = field(default_factory=set)
    #: Set while the provider is not called after failures.
    circuit: OpenCircuit | None = None

    @property
    def lost(self) -> Claims:
        """Claimed pages that somebody else has changed or locked meanwhile."""
        return {page_id: version for page_id, version in self.claims.items() if page_id not in self.settled}

    def settle(self, pages: set[Any]) -> int:
        """Note of which pages something has become, and return how many they are."""
        self.settled |= pages
        return len(pages)

    @property
    def texts(self) -> list[str]:
        """Everything that needs a vector, page by page."""
        return [new.text for plan in self.plans for new in plan.new]


def examine(
    writable: WritableGeneration, candidates: Sequence[Candidate], *, characters: int | None = None
) -> Examination:
    """Compare pages with what is stored of them. Reads only; a page that cannot be read fails alone.

    Args:
        writable: the generation.
        candidates: the pages.
        characters: stop after so much text; the pages that are left then are named in the result.
    """
    found = Examination()
    for candidate in candidates:
        if reason := skip_reason(candidate, writable.settings):
            found.skipped[candidate.page_id] = reason
    eligible = [candidate for candidate in candidates if candidate.page_id not in found.skipped]
    for number, (candidate, page) in enumerate(_load_in_pieces(writable, eligible, found)):
        if page:
            _examine_page(writable, candidate, page, found)
        else:
            found.failed.setdefault(candidate.page_id, "The page has no row in the table of its type.")
        if characters is not None and found.characters >= characters:
            found.left = [left.page_id for left in eligible[number + 1 :]]
            break
    return found


def _load_in_pieces(
    writable: WritableGeneration, candidates: Sequence[Candidate], found: Examination
) -> Iterator[tuple[Candidate, Page | None]]:
    for start in range(0, len(candidates), limits.LOAD_PAGES):
        piece = candidates[start : start + limits.LOAD_PAGES]
        pages = _load(writable, piece, found)
        for candidate in piece:
            yield candidate, pages.pop(candidate.page_id, None)


def _load(writable: WritableGeneration, candidates: Sequence[Candidate], found: Examination) -> dict[Any, Page]:
    """Load pages together, or one by one if that fails."""
    try:
        return load_pages(candidates, writable.using)
    except Exception as exc:
        if is_outage(exc, writable.using):
            raise
        if len(candidates) > 1:
            return {key: page for c in candidates for key, page in _load(writable, [c], found).items()}
        found.failed[candidates[0].page_id] = describe(exc)
        return {}


def _examine_page(writable: WritableGeneration, candidate: Candidate, page: Page, found: Examination) -> None:
    try:
        prepared = prepare_page(page, candidate.language_code, writable)
    except Exception as exc:
        if is_outage(exc, writable.using):
            raise
        found.failed[candidate.page_id] = describe(exc)
        return
    found.characters += sum(len(chunk.text) for chunk in prepared.chunks)
    if not prepared.chunks:
        found.skipped[candidate.page_id] = SkipReason.EMPTY
    elif candidate.is_stored_as(prepared.content_hash):
        found.unchanged.append(prepared)
    else:
        found.changed.append(prepared)


def changed_of(claims: Claims, found: Examination) -> list[PreparedPage]:
    """Return the pages that are ours and have to be written."""
    return [page for page in found.changed if page.page_id in claims]


def write_words(
    writable: WritableGeneration,
    claims: Claims,
    found: Examination,
    *,
    count: Callable[[], Sequence[Frequencies]] | None = None,
) -> Work:
    """Write everything that needs no provider, and plan the rest.

    Args:
        writable: the generation.
        claims: the pages that are ours; the others stay as they are.
        found: what has to be done.
        count: returns the terms of ``changed_of`` these; by default they are counted now.
    """
    work, report = Work(claims), Report()
    unchanged = [Stored(p.page_id, p.content_hash, len(p.chunks)) for p in found.unchanged if p.page_id in claims]
    report.unchanged = work.settle(entry_states.finish_unchanged(writable, claims, unchanged))
    report.skipped = work.settle(entry_states.skip(writable, claims, _only(claims, found.skipped)))
    report.failed = work.settle(entry_states.fail(writable, claims, _only(claims, found.failed)))
    changed = changed_of(claims, found)
    frequencies = count() if count else count_terms(changed, writable.using)
    written = write_keywords(writable, claims, changed, frequencies) if changed else []
    work.plans = plan_pages(writable, written) if written else []
    work.report = report
    return work


def look_at_provider(writable: WritableGeneration, work: Work) -> None:
    """Note whether the provider's circuit breaker is open. One statement, for a remote provider only."""
    if work.texts and not writable.provider.is_local:
        work.circuit = get_open_circuit(circuit_key(writable.generation.configuration))


def embed(writable: WritableGeneration, work: Work, *, policy: Policy = WORKER) -> Embedded:
    """Ask the provider for the vectors of every new chunk. Uses no database, so that it may run in another thread.

    Args:
        writable: the generation.
        work: the pages.
        policy: how long to wait for a provider that is overloaded, unreachable, or behind an open circuit breaker.
    """
    if work.circuit:
        if work.circuit.seconds > policy.longest_wait:
            return Embedded(outage=work.circuit.error())
        time.sleep(work.circuit.seconds)
    return embed_texts(writable.provider, work.texts, dimensions=writable.generation.dimensions, policy=policy)


def write_vectors(writable: WritableGeneration, work: Work, embedded: Embedded) -> Report:
    """Swap the rows of pages whose vectors have come, and charge the others to whoever is at fault."""
    ready, failed, waiting = _sort(work, embedded)
    vectors = [_stack([embedded.vectors[at] for at in span], writable.generation.dimensions) for _, span in ready]
    work.report.indexed = work.settle(swap(writable, work.claims, [plan for plan, _ in ready], vectors))
    work.report.failed += work.settle(entry_states.fail(writable, work.claims, failed))
    if embedded.outage:
        if embedded.asked and not writable.provider.is_local:
            record_outage(circuit_key(writable.generation.configuration), embedded.outage)
        asked = judge(embedded.outage).retry_after or 0
        work.report.waiting = work.settle(
            entry_states.postpone(writable, waiting, describe(embedded.outage), asked=asked)
        )
        work.report.outage = embedded.outage
    return work.report


def _sort(work: Work, embedded: Embedded) -> tuple[list[tuple[PagePlan, range]], dict[Any, str], Claims]:
    """Divide pages into those that have all vectors, those at fault, and those that have to wait."""
    ready: list[tuple[PagePlan, range]] = []
    failed: dict[Any, str] = {}
    waiting: Claims = {}
    stop = 0
    for plan in work.plans:
        span = range(stop, stop := stop + len(plan.new))
        if error := next((embedded.errors[at] for at in span if at in embedded.errors), None):
            failed[plan.page.page_id] = describe(error, plan.page.texts())
        elif all(at in embedded.vectors for at in span):
            ready.append((plan, span))
        else:
            waiting[plan.page.page_id] = work.claims[plan.page.page_id]
    return ready, failed, waiting


def _only(claims: Claims, found: Mapping[Any, T]) -> dict[Any, T]:
    return {page_id: value for page_id, value in found.items() if page_id in claims}


def _stack(rows: Iterable[Any], dimensions: int) -> Any:
    import numpy as np

    return np.array(list(rows), dtype=np.float32).reshape(-1, dimensions)
