"""The verbs of an editor's transaction, each with one statement of ``statements``."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import OperationalError, transaction

from ...database.execute import SQL, fetch
from ...database.tables import PageKey, table_name
from ...models import find_vector_table_of
from ...models.entries import SkipReason
from . import statements
from .workers import delete_rows

logger = logging.getLogger(__name__)

#: Seconds that ``requeue_section`` waits for one page that an editor is saving.
REQUEUE_WAIT_SECONDS = 5


def request(page_ids: Iterable[PageKey], index_names: Sequence[str], using: str) -> list[Any]:
    """Request that pages are indexed, in every generation that follows the site. One statement.

    Args:
        page_ids: primary keys of pages.
        index_names: the indexes concerned.
        using: the database.

    Returns:
        Primary keys of the pages that a worker has to index now; none while there is no generation.
    """
    parameters = {"pages": list(page_ids), "index_names": list(index_names)}
    return sorted({page_id for (page_id,) in fetch(using, statements.REQUEST, parameters)})


class Requested(NamedTuple):
    """What ``request_showing`` has done."""

    #: Primary keys of pages that a worker has to index now, no more than the limit.
    page_ids: list[Any]
    #: Pages that it has requested beyond those.
    more: int
    #: Primary keys of the pages that another transaction had locked, for ``requeue``.
    missed: list[Any]


def request_showing(showing: SQL, index_names: Sequence[str], using: str, *, limit: int) -> Requested:
    """Request the live pages that show an object. One statement however many there are, which skips what is locked.

    Args:
        showing: selects primary keys of pages.
        index_names: the indexes concerned.
        using: the database.
        limit: the most pages to return.
    """
    parameters = {**showing.parameters, "index_names": list(index_names), "limit": limit}
    rows = fetch(using, statements.REQUEST_SHOWING, parameters, showing=showing.text)
    requested = [row for row in rows if not row.is_missed]
    more = requested[0].count - len(requested) if requested else 0
    return Requested([row.page_id for row in requested], more, [row.page_id for row in rows if row.is_missed])


def request_private(root_id: Any, index_names: Sequence[str], using: str) -> list[Any]:
    """Request the page and those below it that were left out as private. One statement, which skips locked entries.

    Returns:
        Primary keys of the pages that a worker has to index now.
    """
    parameters = {"root": root_id, "index_names": list(index_names)}
    return sorted({page_id for (page_id,) in fetch(using, statements.REQUEST_PRIVATE, parameters)})


def requeue_section(root_id: Any, index_names: Sequence[str], using: str, *, closed: bool) -> list[Any]:
    """Requeue the pages that an editor or a worker held while the section's restriction changed.

    Outside of any transaction. Pages that stay locked for ``REQUEUE_WAIT_SECONDS`` are skipped: they are being
    published, which requests them.

    Args:
        root_id: primary key of the section's first page.
        index_names: the indexes concerned.
        using: the database.
        closed: whether the section is private now.

    Returns:
        Primary keys of the pages that a worker has to index now.
    """
    parameters = {"root": root_id, "index_names": list(index_names), "closed": closed}
    missed = [page_id for (page_id,) in fetch(using, statements.FIND_MISSED, parameters)]
    return requeue(missed, index_names, using)


def requeue(page_ids: Iterable[PageKey], index_names: Sequence[str], using: str) -> list[Any]:
    """Request pages that were locked, one transaction each; see ``requeue_section``, which says what it returns."""
    requested: list[Any] = []
    for page_id in page_ids:
        try:
            with transaction.atomic(using=using):
                fetch(using, f"SET LOCAL lock_timeout = '{REQUEUE_WAIT_SECONDS}s'")
                requested += request([page_id], index_names, using)
        except OperationalError:
            logger.info("Page %s is being edited; that edit requests it.", page_id)
    return requested


def withdraw(
    page_ids: Iterable[PageKey],
    reason: SkipReason,
    index_names: Sequence[str],
    using: str,
    *,
    subtree: bool = False,
    skip_locked: bool = False,
) -> None:
    """Take pages out of the index; a worker that has one of them loses its claim.

    One statement, and one more for each vector table with rows to delete.

    Args:
        page_ids: primary keys of pages.
        reason: why they are left out from now on.
        index_names: the indexes concerned.
        using: the database.
        subtree: whether all pages below go, too.
        skip_locked: whether entries that another transaction has locked stay as they are.
    """
    parameters = {"pages": list(page_ids), "reason": reason.value, "index_names": list(index_names), "subtree": subtree}
    locking = "SKIP LOCKED" if skip_locked else ""
    with transaction.atomic(using=using, savepoint=False):
        pairs_by_table: dict[tuple[int, str], list[tuple[int, Any]]] = {}
        for row in fetch(using, statements.WITHDRAW, parameters, skip_locked=locking):
            pairs = pairs_by_table.setdefault((row.dimensions, row.vector_table or ""), [])
            pairs.append((row.generation_id, row.page_id))
        for (dimensions, label), pairs in pairs_by_table.items():
            if vector_table := find_vector_table_of(dimensions, {"vector_table": label}):
                delete_rows(pairs, table_name(vector_table), using)
            else:
                # Searches cannot read such a generation either, and an editor must be able to unpublish.
                logger.error("An index was built with the vector table %s, which is not installed.", label)


def withdraw_section(root_id: Any, index_names: Sequence[str], using: str) -> None:
    """Take a page that becomes private, and all below it, out of the index; entries that are locked stay."""
    withdraw([root_id], SkipReason.PRIVATE, index_names, using, subtree=True, skip_locked=True)


def withdraw_deleted(page_id: PageKey, index_names: Sequence[str], using: str, *, subtree: bool) -> None:
    """Take a page out of the index that this transaction goes on to delete.

    The page is locked first: rows that a worker wrote before the deletion is over would make it fail.
    """
    fetch(using, statements.LOCK_PAGES, {"page": page_id, "subtree": subtree})
    withdraw([page_id], SkipReason.NOT_LIVE, index_names, using, subtree=subtree)
