"""Does what is due: what a task does after a publish, and what ``process_vector_queue`` does for the rest."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from django.db import DatabaseError, InterfaceError, close_old_connections

from ..database.availability import is_ready, write_alias
from ..database.errors import is_conflict, is_outage
from ..database.tables import PageKey
from ..exceptions import IndexNotReadyError, ProviderConfigurationError, ProviderError, VectorSearchError
from ..generations.writable import WritableGeneration, get_writable_generations
from . import entry_states, limits
from .comparison import request_differences
from .entry_states import Claims, RetryPolicy
from .failures import describe_failure
from .pipeline import (
    ClaimedBatch,
    IndexingReport,
    check_circuit_breaker,
    embed,
    examine,
    write_vectors,
    write_words,
)
from .survey import survey

logger = logging.getLogger(__name__)

#: Waits of ``watch`` while nothing works. Many workers that lost one database must not come back all at once.
PAUSES = RetryPolicy(first=2, longest=60)


#: Seconds between two comparisons of ``watch``.
LOOK_SECONDS = 30.0


def ignore_progress(pages: int) -> None:
    """Do nothing when pages are done."""


def process(page_ids: Sequence[PageKey] | None = None, *, allow_remote: bool = True) -> IndexingReport:
    """Index what is due.

    Args:
        page_ids: only these pages; ``None`` takes everything that is due.
        allow_remote: whether a provider that is not local may be called for these pages; if not, they become findable
            by their words, and stay pending.
    """
    if page_ids is None:
        # Without the provider pages would stay due, and this would not end.
        return drain()
    using, report = write_alias(), IndexingReport()
    for start in range(0, len(page_ids) if is_ready(using) else 0, limits.BATCH_PAGES):
        batch = page_ids[start : start + limits.BATCH_PAGES]
        for _ in range(limits.ROUNDS):
            claims = entry_states.claim(using, page_ids=batch, limit=None)
            if not _process_claims(claims, report, allow_remote=allow_remote):
                break
    return report


def drain(
    *, progress: Callable[[int], object] = ignore_progress, is_stopping: Callable[[], bool] = lambda: False
) -> IndexingReport:
    """Index everything that is due, batch by batch, those first that have waited longest.

    Args:
        progress: called after each batch with the number of its pages.
        is_stopping: asked before each batch.
    """
    using, report = write_alias(), IndexingReport()
    if is_ready(using):
        take_requests(using)
    while is_ready(using) and not is_stopping() and (claims := entry_states.claim(using, limit=limits.BATCH_PAGES)):
        _process_claims(claims, report)
        progress(sum(map(len, claims.values())))
    return report


def take_requests(using: str) -> None:
    """Request all that editors' transactions have noted, but what other transactions have locked."""
    has_more = True
    while has_more:
        _, has_more = entry_states.take_requests(using, limit=limits.NOTES)


def catch_up(using: str) -> None:
    """Request what is noted, and whatever else differs from the site. Comes before ``drain``, now and then."""
    take_requests(using)
    request_differences(using)


def watch(
    *, seconds: float, pause: Callable[[float], object], is_stopping: Callable[[], bool]
) -> Iterator[IndexingReport]:
    """Index what is due, wait, and begin again. After an error the next attempt is made a little later.

    Waits that a provider asks for, or that a failing page needs, are kept in the database with the entries.

    Args:
        seconds: to wait when nothing is due.
        pause: waits so many seconds, or less when it is time to stop.
        is_stopping: whether it is time to stop.

    Yields:
        What has been done, whenever it was anything.
    """
    failures, next_look = 0, 0.0
    while not is_stopping():
        try:
            close_old_connections()  # a connection that broke is made again
            if not is_ready(using := write_alias()):
                raise IndexNotReadyError(
                    f'The tables are missing from the database "{using}". Run: python manage.py migrate'
                )
            if time.monotonic() >= next_look:
                catch_up(using)
                next_look = time.monotonic() + LOOK_SECONDS
            report = drain(is_stopping=is_stopping)
        except Exception:
            failures += 1
            logger.exception("The queue could not be worked on; the next attempt follows.")
        else:
            failures = 0
            if report != IndexingReport():
                yield report
        pause(PAUSES.wait(failures) if failures else seconds)


def _process_claims(claims: Mapping[int, Claims], report: IndexingReport, *, allow_remote: bool = True) -> bool:
    """Process claims by generation, and return whether some were not done and may be due again."""
    some_not_done = False
    generations = get_writable_generations(write_alias(), list(claims)) if claims else []
    try:
        for writable in generations:
            for batch in work_on(writable, claims[writable.generation_id], allow_remote=allow_remote):
                report.add(batch.report)
                entry_states.release(writable, batch.not_done)
                some_not_done |= bool(batch.not_done)
    except BaseException:
        # This process is told to end, or its connection breaks: other workers take the pages at once.
        try:
            for writable in generations:
                entry_states.release(writable, claims[writable.generation_id])
        except (DatabaseError, InterfaceError):
            logger.warning("Claimed pages are due again when their lease has run out.")
        raise
    return some_not_done


def work_on(writable: WritableGeneration, claims: Claims, *, allow_remote: bool = True) -> Iterator[ClaimedBatch]:
    """Take claimed pages all the way into the index, as many together as their text allows.

    An error that no step expects is charged to the page that causes it, and to no other. An error of the index, such as
    a missing key, is charged to no page.
    """
    while claims:
        try:
            batch, claims = _process_some(writable, claims, allow_remote=allow_remote)
        except VectorSearchError as exc:
            reason = describe_failure(exc)
            logger.error('The index "%s" cannot be written: %s', writable.generation.index_name, reason)
            batch, claims = ClaimedBatch(claims), {}
            batch.report.waiting = batch.mark_done(entry_states.postpone(writable, batch.claims, reason))
            batch.report.outage = exc if isinstance(exc, ProviderError) else ProviderConfigurationError(str(exc))
        except Exception as exc:
            if is_outage(exc, writable.using):
                raise
            if is_conflict(exc):
                logger.info("An editor came between; %d page(s) are tried again.", len(claims))
                yield ClaimedBatch(claims)
                return
            if len(claims) > 1:
                for page_id, version in claims.items():
                    yield from work_on(writable, {page_id: version}, allow_remote=allow_remote)
                return
            logger.exception("A page could not be indexed.")
            batch, claims = ClaimedBatch(claims), {}
            errors = dict.fromkeys(batch.claims, describe_failure(exc))
            batch.report.failed = batch.mark_done(entry_states.fail(writable, batch.claims, errors))
        yield batch


def _process_some(writable: WritableGeneration, claims: Claims, *, allow_remote: bool) -> tuple[ClaimedBatch, Claims]:
    """Return the pages that are done, and the claims whose pages had too much text to go with them."""
    # A page of another version has been edited since; that edit has its own request.
    surveyed = [page for page in survey(writable, list(claims)) if page.version == claims[page.page_id]]
    examined = examine(writable, surveyed, characters=limits.BATCH_CHARACTERS)
    unread = {page_id: claims[page_id] for page_id in examined.unread}
    batch = write_words(writable, {page_id: claims[page_id] for page_id in claims.keys() - unread.keys()}, examined)
    if allow_remote or writable.provider.is_local:
        check_circuit_breaker(writable, batch)
        write_vectors(writable, batch, embed(writable, batch))
    else:
        # The pages stay pending, for a worker outside the editor's request.
        waiting = {plan.page.page_id for plan in batch.plans}
        entry_states.release(writable, {page_id: batch.claims[page_id] for page_id in waiting})
        batch.report.waiting = batch.mark_done(waiting)
    return batch, unread
