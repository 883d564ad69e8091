"""The verbs of an editor's transaction, each with one statement of ``statements``."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from ...database.execute import SQL, fetch
from ...database.tables import PageKey, table_name
from ...models import find_vector_table_of
from . import statements
from .workers import delete_rows

logger = logging.getLogger(__name__)


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


def request_later(pages: SQL, index_names: Sequence[str], using: str) -> bool:
    """Note the live ones of pages, to be requested after the commit. One statement, which locks and waits for nothing.

    What the transaction then cannot hand on is not lost: the next worker takes it.

    Args:
        pages: selects primary keys of pages.
        index_names: the indexes concerned.
        using: the database.

    Returns:
        Whether there were any.
    """
    parameters = {**pages.parameters, "index_names": list(index_names)}
    (noted,) = fetch(using, statements.REQUEST_LATER, parameters, pages=pages.text)
    return bool(noted.is_any)


def withdraw(page_id: PageKey, index_names: Sequence[str], using: str) -> None:
    """Take a page that is not live out of the index; a worker that has it loses its claim.

    One statement, and one more for each vector table with rows to delete. The row of the page decides.

    Args:
        page_id: primary key of the page.
        index_names: the indexes concerned.
        using: the database.
    """
    _withdraw(page_id, index_names, using)


def withdraw_kept_out(page_id: PageKey, index_names: Sequence[str], using: str) -> None:
    """Take a live page that its class keeps out of search out of the index; a request of it goes with it."""
    _withdraw(page_id, index_names, using, deleted=True)


def withdraw_deleted(page_id: PageKey, index_names: Sequence[str], using: str, *, subtree: bool) -> None:
    """Take a page out of the index that this transaction goes on to delete.

    The page is locked first: rows that a worker wrote before the deletion is over would make it fail.
    """
    fetch(using, statements.LOCK_PAGES, {"page": page_id, "subtree": subtree})
    _withdraw(page_id, index_names, using, deleted=True, subtree=subtree)


def _withdraw(
    page_id: PageKey, index_names: Sequence[str], using: str, *, deleted: bool = False, subtree: bool = False
) -> None:
    parameters = {"page": page_id, "index_names": list(index_names), "deleted": deleted, "subtree": subtree}
    with transaction.atomic(using=using, savepoint=False):
        pairs_by_table: dict[tuple[int, str], list[tuple[int, Any]]] = {}
        for row in fetch(using, statements.WITHDRAW, parameters):
            pairs = pairs_by_table.setdefault((row.dimensions, row.vector_table or ""), [])
            pairs.append((row.generation_id, row.page_id))
        for (dimensions, label), pairs in pairs_by_table.items():
            if vector_table := find_vector_table_of(dimensions, {"vector_table": label}):
                delete_rows(pairs, table_name(vector_table), using)
            else:
                # Searches cannot read such a generation either, and an editor must be able to unpublish.
                logger.error("An index was built with the vector table %s, which is not installed.", label)
