"""Takes many pages through the pipeline, keeping both the provider and the database busy.

Three batches are on their way: while the terms of one are counted, and the provider embeds the one before, each in
another thread, this one reads the next pages and writes what is ready.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, InterfaceError

from ..database.errors import is_outage
from ..generations.writable import WritableGeneration
from ..health import BULK
from ..models import Generation
from . import entry_states, limits
from .embedding import Embedded
from .entry_states import Claims
from .pipeline import (
    Examination,
    Report,
    Work,
    changed_of,
    embed,
    examine,
    look_at_provider,
    write_vectors,
    write_words,
)
from .survey import Candidate, survey
from .terms import Frequencies, TermCounter
from .worker import work_on

T = TypeVar("T")

logger = logging.getLogger(__name__)

#: Batches that are with a remote provider at once.
CALLS = 2


class Answer(Generic[T]):
    """What a function returns that runs in a thread of its own. A stopped program does not wait for it."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._result: T | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="embed-batch", daemon=True)
        self._thread.start()

    def get(self) -> T:
        """Wait for the result and return it, or raise what the function raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # without an error there is a result

    def _run(self) -> None:
        try:
            self._result = self._function()
        except BaseException as exc:
            self._error = exc


@dataclass(slots=True)
class Batch:
    """Pages between their words and their vectors."""

    size: int
    #: Pages that were too much for it.
    left: Sequence[Any] = ()
    report: Report = field(default_factory=Report)
    #: Writes its words; ``None`` when that is done, or there is nothing to write.
    write_words: Callable[[], None] | None = None
    work: Work | None = None
    answer: Answer[Embedded] | None = None


class BulkRun:
    """Examines pages, writes what has changed, and keeps the rest as it is.

    Args:
        writable: the generation.
        progress: called with the number of pages done since it was called last.
        take_over: whether to take pages that another worker has claimed.
    """

    def __init__(
        self, writable: WritableGeneration, progress: Callable[[int], object], *, take_over: bool = False
    ) -> None:
        self.writable = writable
        self.progress = progress
        self.take_over = take_over
        self.report = Report()
        self._in_flight: list[Batch] = []
        self._calls = threading.BoundedSemaphore(CALLS)
        self._counter = TermCounter(writable.using)

    def over(self, batches: Iterable[Sequence[Any]]) -> Report:
        """Take pages through the pipeline, batch by batch. What is done stays done if this is stopped."""
        try:
            for batch in self._begin_all(batches):
                self._in_flight.append(batch)
                # Its terms are being counted; those of the batch before are there.
                self._write_words(self._in_flight[:-1])
                if self._is_full():
                    self._end(self._in_flight[0])
            self._write_words(self._in_flight)
            while self._in_flight:
                self._end(self._in_flight[0])
        finally:
            self._counter.close()
            self._give_back()
        return self.report

    def _begin_all(self, batches: Iterable[Sequence[Any]]) -> Iterator[Batch]:
        for page_ids in batches:
            left = page_ids
            while left:
                if self._must_stop():
                    return
                batch = self._begin(left)
                left = batch.left
                yield batch

    def _give_back(self) -> None:
        for batch in self._in_flight:
            if batch.work:
                try:
                    entry_states.release(self.writable, batch.work.lost)
                except (DatabaseError, InterfaceError):
                    logger.warning("%d page(s) come back when their lease has run out.", len(batch.work.lost))

    def _is_full(self) -> bool:
        # A remote provider has one batch more waiting for it, to go on with while the vectors of another are written.
        asked = any(batch.answer for batch in self._in_flight)
        return len(self._in_flight) > (CALLS + 1 if asked and not self.writable.provider.is_local else 2)

    def _must_stop(self) -> bool:
        # A generation that serves at least gets its words; one that does not can wait for the provider.
        return self.report.outage is not None and self.writable.generation.state == Generation.State.BUILDING

    def _begin(self, page_ids: Sequence[Any]) -> Batch:
        batch = Batch(len(page_ids))
        candidates = survey(self.writable, page_ids)
        free_candidates = {c.page_id: c for c in candidates if self.take_over or not c.leased}
        found = examine(self.writable, list(free_candidates.values()), characters=limits.BATCH_CHARACTERS)
        batch.left, batch.size = found.left, batch.size - len(found.left)
        claims = entry_states.claim_surveyed(self.writable, _to_claim(free_candidates, found), take_over=self.take_over)
        batch.report = _report_settled(free_candidates, found)
        if claims:
            # Without plans yet, to be given back if this is stopped.
            batch.work = Work(claims)
            count = self._counter.start(changed_of(claims, found))
            batch.write_words = lambda: self._start(batch, claims, found, count)
            batch.report.removed = sum(
                free_candidates[page_id].has_rows for page_id in claims if page_id in found.skipped
            )
        return batch

    def _write_words(self, batches: Iterable[Batch]) -> None:
        for batch in batches:
            if write := batch.write_words:
                batch.write_words = None
                write()

    def _start(self, batch: Batch, claims: Claims, found: Examination, count: Callable[[], list[Frequencies]]) -> None:
        try:
            batch.work = work = write_words(self.writable, claims, found, count=count)
        except Exception as exc:
            if is_outage(exc, self.writable.using):
                raise
            batch.work = None
            self._one_by_one(batch, claims)
        else:
            if work.texts and not self.report.outage:
                look_at_provider(self.writable, work)
                batch.answer = Answer(lambda: self._embed(work))

    def _embed(self, work: Work) -> Embedded:
        with self._calls:
            return embed(self.writable, work, policy=BULK)

    def _end(self, batch: Batch) -> None:
        if batch.work:
            self._write(batch, batch.work)
            batch.report.add(batch.work.report)
        batch.report.skipped -= batch.report.removed
        self.report.add(batch.report)
        self._in_flight.remove(batch)
        self.progress(batch.size)

    def _write(self, batch: Batch, work: Work) -> None:
        embedded = batch.answer.get() if batch.answer else Embedded(outage=self.report.outage)
        try:
            write_vectors(self.writable, work, embedded)
        except Exception as exc:
            if is_outage(exc, self.writable.using):
                raise
            self._one_by_one(batch, work.lost)

    def _one_by_one(self, batch: Batch, claims: Claims) -> None:
        """Find the page that makes its whole batch fail."""
        for work in work_on(self.writable, claims):
            batch.report.add(work.report)


def _to_claim(candidates: dict[Any, Candidate], found: Examination) -> Claims:
    """Return the surveyed versions of pages about which something has to be written."""
    pages = [page.page_id for page in found.changed]
    pages += [page.page_id for page in found.unchanged if candidates[page.page_id].state != "indexed"]
    pages += [page_id for page_id, reason in found.skipped.items() if not candidates[page_id].is_skipped_for(reason)]
    pages += found.failed
    return {page_id: candidates[page_id].version for page_id in pages}


def _report_settled(candidates: dict[Any, Candidate], found: Examination) -> Report:
    """Count the pages about which nothing has to be written."""
    return Report(
        unchanged=sum(candidates[page.page_id].state == "indexed" for page in found.unchanged),
        skipped=sum(candidates[page_id].is_skipped_for(reason) for page_id, reason in found.skipped.items()),
    )
