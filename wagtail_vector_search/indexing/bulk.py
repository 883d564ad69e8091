"""Takes many pages through the pipeline, keeping both the provider and the database busy.

Two batches are on their way: while one thread waits for the provider to embed a batch, the main thread reads the next
pages and writes what is ready.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError

from ..concurrency import run_in_thread
from ..database.errors import is_outage
from ..database.tables import PageKey
from ..generations.writable import WritableGeneration
from ..health import BULK
from ..models import Generation
from . import entry_states, limits
from .embedding import Embedded
from .entry_states import Claims
from .pipeline import (
    ClaimedBatch,
    Examination,
    IndexingReport,
    check_circuit_breaker,
    embed,
    examine,
    write_vectors,
    write_words,
)
from .survey import survey
from .worker import work_on

logger = logging.getLogger(__name__)

#: Batches that are with a remote provider at once.
CALLS = 2

#: New objects after which Python looks for garbage.
GARBAGE_AFTER = 50_000


@dataclass(slots=True)
class ReadBatch:
    """Pages that have been read."""

    size: int
    report: IndexingReport
    claims: Claims
    examined: Examination


@dataclass(slots=True)
class EmbeddingBatch:
    """Pages whose words are written, while their chunks are being embedded."""

    size: int
    report: IndexingReport
    claimed: ClaimedBatch
    #: Without chunks to embed, or without a provider, nothing is awaited.
    embedded: Future[Embedded] | None


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
        self.report = IndexingReport()
        #: Read, while their words are being written.
        self._read_batch: ReadBatch | None = None
        self._embedding: deque[EmbeddingBatch] = deque()
        self._calls = threading.BoundedSemaphore(CALLS)

    def over(self, batches: Iterable[Sequence[Any]]) -> IndexingReport:
        """Take pages through the pipeline, batch by batch. What is done stays done if this is stopped."""
        with _seldom_collecting_garbage():
            self._go_over(batches)
        return self.report

    def _go_over(self, batches: Iterable[Sequence[Any]]) -> None:
        try:
            for page_ids in batches:
                unread = page_ids
                while unread and not self._must_stop():
                    unread = self._read(unread)
                    self._write_words()
                    if self._is_full():
                        self._write_vectors()
                if self._must_stop():
                    break
            while self._embedding:
                self._write_vectors()
        finally:
            self._release()

    def _must_stop(self) -> bool:
        # Without a provider, a generation that serves at least gets its words; one that is being built can wait.
        return self.report.outage is not None and self.writable.generation.state == Generation.State.BUILDING

    def _is_full(self) -> bool:
        # A remote provider has one batch more waiting for it, to go on with while the vectors of another are written.
        asked = any(batch.embedded for batch in self._embedding)
        most = CALLS + 1 if asked and not self.writable.provider.is_local else 2
        return len(self._embedding) >= most

    def _read(self, page_ids: Sequence[PageKey]) -> list[Any]:
        """Examine and claim pages, and return the pages that were too much for a batch."""
        surveyed = {page.page_id: page for page in survey(self.writable, page_ids) if self.take_over or not page.leased}
        examined = examine(self.writable, list(surveyed.values()), characters=limits.BATCH_CHARACTERS)
        # Pages whose rows or entry have to be written.
        to_claim = [page.page_id for page in examined.changed]
        to_claim += [page.page_id for page in examined.unchanged if surveyed[page.page_id].state != "indexed"]
        to_claim += [key for key, reason in examined.skipped.items() if not surveyed[key].is_skipped_for(reason)]
        to_claim += examined.failed
        found = (surveyed[page_id] for page_id in to_claim)
        differing = [entry_states.Surveyed(page.page_id, page.version, page.live, page.private) for page in found]
        claims = entry_states.claim_surveyed(self.writable, differing, take_over=self.take_over)
        report = IndexingReport(
            unchanged=sum(surveyed[page.page_id].state == "indexed" for page in examined.unchanged),
            skipped=sum(surveyed[page_id].is_skipped_for(reason) for page_id, reason in examined.skipped.items()),
            removed=sum(surveyed[page_id].has_rows for page_id in claims if page_id in examined.skipped),
        )
        self._read_batch = ReadBatch(len(page_ids) - len(examined.unread), report, claims, examined)
        return examined.unread

    def _write_words(self) -> None:
        """Write the words of the batch read, and have another thread ask the provider for its vectors."""
        batch, claimed, embedded = self._read_batch, ClaimedBatch({}), None
        if batch is None:
            return
        if batch.claims:
            try:
                claimed = write_words(self.writable, batch.claims, batch.examined)
            except Exception as exc:
                if is_outage(exc, self.writable.using):
                    raise
                claims, batch.claims = batch.claims, {}
                self._write_one_by_one(claims, batch.report)
        if claimed.texts and not self.report.outage:
            check_circuit_breaker(self.writable, claimed)

            def embed_batch() -> Embedded:
                with self._calls:
                    return embed(self.writable, claimed, policy=BULK)

            embedded = run_in_thread(embed_batch, name="embed-batch")
        self._embedding.append(EmbeddingBatch(batch.size, batch.report, claimed, embedded))
        self._read_batch = None

    def _write_vectors(self) -> None:
        """Wait for the vectors of the next batch, and write them."""
        batch = self._embedding[0]
        if batch.claimed.claims:
            embedded = batch.embedded.result() if batch.embedded else Embedded(outage=self.report.outage)
            try:
                write_vectors(self.writable, batch.claimed, embedded)
            except Exception as exc:
                if is_outage(exc, self.writable.using):
                    raise
                self._write_one_by_one(batch.claimed.not_done, batch.report)
        batch.report.add(batch.claimed.report)
        batch.report.skipped -= batch.report.removed
        self.report.add(batch.report)
        self._embedding.popleft()
        self.progress(batch.size)

    def _write_one_by_one(self, claims: Claims, report: IndexingReport) -> None:
        """Find the page that makes its whole batch fail."""
        for claimed in work_on(self.writable, claims):
            report.add(claimed.report)

    def _release(self) -> None:
        """Let other workers have the pages of a run that was stopped."""
        embedding = [batch.claimed.not_done for batch in self._embedding]
        for claims in [*embedding, *([self._read_batch.claims] if self._read_batch else [])]:
            try:
                entry_states.release(self.writable, claims)
            except (DatabaseError, InterfaceError):
                logger.warning("%d page(s) come back when their lease has run out.", len(claims))


@contextmanager
def _seldom_collecting_garbage() -> Iterator[None]:
    """Let Python look for cycles among objects after fifty thousand new ones, not after seven hundred.

    A batch makes hundreds of thousands, most of which go with it: looking through them takes a twelfth of the time.
    """
    before = gc.get_threshold()
    if before[0] == 0:  # the project collects none at all
        yield
        return
    gc.set_threshold(max(before[0], GARBAGE_AFTER), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
