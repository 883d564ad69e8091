"""What a transaction leaves to be done after its commit, gathered into one callback however many pages it saves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from .outbox import request_busy
from .tasks import enqueue_pages

_ATTRIBUTE = "_wagtail_vector_search_followup"


class FollowUp:
    """The callback of one transaction on one connection."""

    def __init__(self) -> None:
        self.page_ids: dict[Any, None] = {}
        #: Tree paths whose pages this transaction has taken out of the index, to delete them.
        self.deleted_paths: list[str] = []
        #: The connection's list of callbacks. Django makes a new one after every commit and rollback, also to a
        #: savepoint: while it is the same list, nothing noted here has been undone.
        self.callbacks: Any = None

    def __call__(self) -> None:
        self.callbacks = None
        if self.page_ids:
            enqueue_pages(list(self.page_ids))

    def is_deleting(self, path: str) -> bool:
        """Return whether this transaction has already taken the page at ``path`` out of the index."""
        return path.startswith(tuple(self.deleted_paths))


def follow_up(using: str) -> FollowUp:
    """Return the callback of the transaction that is open; outside of one, a callback that nobody calls."""
    connection = connections[using]
    if not connection.in_atomic_block:
        return FollowUp()
    current: FollowUp | None = getattr(connection, _ATTRIBUTE, None)
    if current is None or current.callbacks is not connection.run_on_commit:
        current = _register(connection)
    return current


def enqueue_after_commit(page_ids: Iterable[Any], using: str) -> None:
    """Enqueue pages once the transaction is committed; at once outside of one."""
    if pages := dict.fromkeys(page_ids):
        if connections[using].in_atomic_block:
            follow_up(using).page_ids.update(pages)
        else:
            enqueue_pages(list(pages))


def look_again_after_commit(root_id: Any, index_names: Sequence[str], using: str, *, closed: bool) -> None:
    """Once the transaction is committed, have those pages of a section looked at again that somebody was at.

    Args:
        root_id: primary key of the section's first page.
        index_name: the indexes concerned.
        using: the database.
        closed: whether the section becomes private.
    """
    transaction.on_commit(
        lambda: enqueue_pages(request_busy(root_id, index_names, using, closed=closed)), using=using, robust=True
    )


def _register(connection: BaseDatabaseWrapper) -> FollowUp:
    current = FollowUp()
    transaction.on_commit(current, using=connection.alias, robust=True)
    current.callbacks = connection.run_on_commit
    setattr(connection, _ATTRIBUTE, current)
    return current
