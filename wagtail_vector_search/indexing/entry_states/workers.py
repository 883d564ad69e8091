"""The verbs of a worker and of a bulk run, each with one statement of ``statements``."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from django.db import OperationalError, transaction

from ...conf import get_all_index_settings
from ...database.errors import is_out_of_time
from ...database.execute import fetch
from ...database.tables import PageKey
from ...models.entries import SkipReason
from ...visibility import closed_paths_sql, is_private_sql
from . import statements
from .retrying import PAGE_FAULTS, PROVIDER_FAULTS, RetryPolicy

if TYPE_CHECKING:
    from ...generations.writable import WritableGeneration

logger = logging.getLogger(__name__)

#: Requested version by page.
Claims: TypeAlias = dict[Any, int]

T = TypeVar("T")

#: Seconds for which a worker has an entry to itself. The entries of a killed worker are due again after that.
LEASE_SECONDS = 600

#: Longest wait for one lock: shorter than PostgreSQL waits before it looks for a deadlock (1 s), so that an editor's
#: transaction is never the one that is cancelled.
LOCK_TIMEOUT = "500ms"

#: Entries that are locked together where a transaction may have to wait for one.
LOCK_TOGETHER = 200

#: Seconds that ``release`` waits in all.
RELEASE_WAIT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Stored:
    """What an entry says once its rows are written."""

    page_id: PageKey
    content_hash: str
    chunk_count: int


class Surveyed(NamedTuple):
    """What a survey has found of a page."""

    page_id: PageKey
    #: The version requested last; 0 for a page that has no entry.
    version: int
    live: bool
    private: bool


def claim(using: str, *, page_ids: Sequence[PageKey] | None = None, limit: int | None) -> dict[int, Claims]:
    """Take entries that are due, so that no other worker has them for ``LEASE_SECONDS``. One statement.

    Args:
        using: the database.
        page_ids: only these pages; ``None`` takes what has waited longest.
        limit: the most claims to take; ``None`` for no limit.

    Returns:
        Claims by primary key of the generation.
    """
    parameters = {**_due_parameters(page_ids), "limit": limit, "lease": LEASE_SECONDS}
    claims: dict[int, Claims] = {}
    for row in fetch(using, statements.CLAIM, parameters):
        claims.setdefault(row.generation_id, {})[row.page_id] = row.requested_version
    return claims


def count_due(using: str) -> int:
    """Return how many entries are due that no worker has. One statement."""
    return int(fetch(using, statements.COUNT_DUE, _due_parameters(None))[0].count)


def _due_parameters(page_ids: Sequence[PageKey] | None) -> dict[str, Any]:
    return {
        "index_names": [settings.index_name for settings in get_all_index_settings()],
        "all": page_ids is None,
        "pages": list(page_ids or ()),
        "max_attempts": PAGE_FAULTS.attempts,
    }


def take_requests(using: str, *, limit: int) -> tuple[list[Any], bool]:
    """Request the entries that ``request_later`` has noted. One statement, which skips what is locked.

    Args:
        using: the database.
        limit: the most notes to take.

    Returns:
        Primary keys of the pages that a worker has to index now, and whether there may be more notes.
    """
    (row,) = fetch(using, statements.TAKE_REQUESTS, {"limit": limit})
    return row.page_ids, row.taken == limit


def request_listed(writable: WritableGeneration, versions: Claims) -> list[Any]:
    """Request entries that differ from the site, and return their pages. One statement, which skips what is locked.

    Args:
        writable: the generation.
        versions: requested version by page; an entry of another version has changed since, and stays.
    """
    if not versions:
        return []
    return [
        page_id
        for (page_id,) in fetch(writable.using, statements.REQUEST_LISTED, _claim_parameters(writable, versions))
    ]


def request_unlisted(writable: WritableGeneration, page_ids: Sequence[PageKey]) -> list[Any]:
    """Request pages that have no entry, and return those that have one now."""
    parameters = {"generation": writable.generation_id}

    def request_some(some: Sequence[PageKey]) -> list[Any]:
        rows = fetch(writable.using, statements.REQUEST_UNLISTED, {**parameters, "pages": list(some)})
        return [page_id for (page_id,) in rows]

    return _in_time(writable.using, page_ids, request_some)


def claim_surveyed(writable: WritableGeneration, pages: Sequence[Surveyed], *, take_over: bool) -> Claims:
    """Take pages that a bulk run has found to differ, unless they have changed since. One statement in its transaction.

    Args:
        writable: the generation.
        pages: as surveyed.
        take_over: take pages even from another worker.

    Returns:
        The requested version of each page taken.
    """
    parameters = {"generation": writable.generation_id, "lease": LEASE_SECONDS, "take_over": take_over}
    names = {"closed_paths": closed_paths_sql(writable.using), "is_private": is_private_sql("page.path")}

    def claim_some(some: Sequence[Surveyed]) -> list[Any]:
        pages, versions, live, private = map(list, zip(*some, strict=True))
        columns = {"pages": pages, "versions": versions, "live": live, "private": private}
        return fetch(writable.using, statements.CLAIM_SURVEYED, {**parameters, **columns}, **names)

    return dict(_in_time(writable.using, pages, claim_some))


def _in_time(using: str, items: Sequence[T], write: Callable[[Sequence[T]], list[Any]]) -> list[Any]:
    """Write, in transactions that wait for no lock longer than ``LOCK_TIMEOUT``, and return the rows written.

    Inserting an entry waits for a transaction that inserts the same one. What stays locked is left out.
    """
    rows: list[Any] = []
    for start in range(0, len(items), LOCK_TOGETHER):
        some = items[start : start + LOCK_TOGETHER]
        try:
            rows += _write_in_time(using, some, write)
        except OperationalError as error:
            if not is_out_of_time(error):
                raise
            for item in some:
                with suppress(OperationalError):
                    rows += _write_in_time(using, [item], write)
    return rows


def _write_in_time(using: str, items: Sequence[T], write: Callable[[Sequence[T]], list[Any]]) -> list[Any]:
    with transaction.atomic(using=using):
        fetch(using, f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        return write(items)


def hold(writable: WritableGeneration, claims: Claims) -> set[Any]:
    """Lock claims until the end of the transaction, and return the pages whose claim still stands. One statement."""
    return {row.page_id for row in _hold(writable, claims)}


def _hold(writable: WritableGeneration, claims: Claims) -> list[Any]:
    return fetch(writable.using, statements.HOLD, _claim_parameters(writable, claims)) if claims else []


def _claim_parameters(writable: WritableGeneration, claims: Claims) -> dict[str, Any]:
    return {"generation": writable.generation_id, "pages": list(claims), "versions": list(claims.values())}


def invalidate(writable: WritableGeneration, page_ids: Sequence[PageKey]) -> None:
    """Forget the hashes of held pages whose rows are about to be written. One statement, in that transaction."""
    fetch(writable.using, statements.INVALIDATE, {"generation": writable.generation_id, "pages": list(page_ids)})


def finish(writable: WritableGeneration, pages: Sequence[Stored]) -> None:
    """Mark held pages as indexed. Within the transaction that holds them. One statement."""
    if pages:
        parameters = {
            "generation": writable.generation_id,
            "pages": [page.page_id for page in pages],
            "hashes": [page.content_hash for page in pages],
            "counts": [page.chunk_count for page in pages],
        }
        fetch(writable.using, statements.FINISH, parameters)


def finish_unchanged(writable: WritableGeneration, claims: Claims, pages: Sequence[Stored]) -> set[Any]:
    """Mark pages as indexed whose rows are right already; return those whose claim still stood."""
    if not pages:
        return set()
    with transaction.atomic(using=writable.using):
        held = hold(writable, {page.page_id: claims[page.page_id] for page in pages})
        finish(writable, [page for page in pages if page.page_id in held])
    return held


def skip(writable: WritableGeneration, claims: Claims, reasons: Mapping[Any, SkipReason]) -> set[Any]:
    """Delete the rows of pages and note why they are left out; return those whose claim still stood."""
    if not reasons:
        return set()
    with transaction.atomic(using=writable.using):
        held = hold(writable, {page_id: claims[page_id] for page_id in reasons})
        pairs = [(writable.generation_id, page_id) for page_id in held]
        delete_rows(pairs, writable.embedding_table, writable.using)
        parameters = {
            "generation": writable.generation_id,
            "pages": list(held),
            "reasons": [reasons[page_id].value for page_id in held],
        }
        fetch(writable.using, statements.SKIP, parameters)
    return held


def delete_rows(pairs: Sequence[tuple[int, Any]], embedding: str, using: str) -> None:
    """Delete the terms and the chunks of pages, whose entries are locked, as pairs of generation and page."""
    if pairs:
        generations, pages = zip(*pairs, strict=True)
        parameters = {"generations": list(generations), "pages": list(pages)}
        fetch(using, statements.DELETE_ROWS, parameters, embedding=embedding)


def fail(writable: WritableGeneration, claims: Claims, errors: Mapping[Any, str]) -> set[Any]:
    """Charge pages with errors of their own; return those whose claim still stood. ``PAGE_FAULTS`` has the waits."""
    return _retry_later(writable, claims, errors, "failed", PAGE_FAULTS)


def postpone(writable: WritableGeneration, claims: Claims, error: str, *, asked: float = 0) -> set[Any]:
    """Leave pages for later that are not at fault; return those whose claim still stood.

    Args:
        writable: the generation.
        claims: the pages.
        error: what is wrong, redacted.
        asked: seconds that the provider has asked for; ``PROVIDER_FAULTS`` bounds them.
    """
    return _retry_later(writable, claims, dict.fromkeys(claims, error), "pending", PROVIDER_FAULTS, asked)


def _retry_later(
    writable: WritableGeneration,
    claims: Claims,
    errors: Mapping[Any, str],
    state: str,
    policy: RetryPolicy,
    asked: float = 0,
) -> set[Any]:
    if not errors:
        return set()
    with transaction.atomic(using=writable.using):
        held = _hold(writable, {page_id: claims[page_id] for page_id in errors})
        # The state says of which kind the attempts were.
        attempts = [row.attempts + 1 if row.state == state else 1 for row in held]
        parameters = {
            "generation": writable.generation_id,
            "state": state,
            "pages": [row.page_id for row in held],
            "errors": [errors[row.page_id] for row in held],
            "attempts": attempts,
            "waits": [policy.wait(number, asked) for number in attempts],
        }
        fetch(writable.using, statements.RETRY_LATER, parameters)
    return {row.page_id for row in held}


def release(writable: WritableGeneration, claims: Claims) -> None:
    """End the leases of entries that stay to be done. One statement, unless an entry is locked.

    Entries that another transaction has locked are waited for, up to ``RELEASE_WAIT_SECONDS`` in all. The lease of one
    that stays locked runs out.
    """
    if not claims:
        return
    released = fetch(writable.using, statements.RELEASE, _claim_parameters(writable, claims))
    left = {page_id: claims[page_id] for page_id in claims.keys() - {row.page_id for row in released}}
    locked = fetch(writable.using, statements.FIND_LOCKED, _claim_parameters(writable, left)) if left else []
    until = time.monotonic() + RELEASE_WAIT_SECONDS
    for (page_id,) in locked:
        if time.monotonic() >= until:
            break
        parameters = {"generation": writable.generation_id, "page": page_id, "version": claims[page_id]}
        try:
            with transaction.atomic(using=writable.using):
                fetch(writable.using, f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                fetch(writable.using, statements.LOCK_PAGE, parameters)
                fetch(writable.using, statements.RELEASE_LOCKED, parameters)
        except OperationalError:
            logger.info("Page %s is locked; its lease runs out.", page_id)


def forget(generation_id: int, embedding: str, using: str, *, limit: int) -> tuple[int, int]:
    """Delete the entries and rows of some pages of a generation that is not needed. One statement in its transaction.

    Returns:
        The numbers of pages and of chunks deleted.

    Raises:
        OperationalError: another transaction has locked some of them.
    """
    parameters = {"generation": generation_id, "limit": limit}
    with transaction.atomic(using=using):
        fetch(using, f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        (gone,) = fetch(using, statements.FORGET, parameters, embedding=embedding)
    return gone.pages, gone.chunks


def forget_orphans(writable: WritableGeneration) -> None:
    """Delete the entries and rows of pages that were deleted without Django's signals. One statement."""
    parameters = {"generation": writable.generation_id}
    fetch(writable.using, statements.FORGET_ORPHANS, parameters, embedding=writable.embedding_table)
