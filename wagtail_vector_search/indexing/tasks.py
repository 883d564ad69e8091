"""What follows the commit of an editor's transaction: its pages, gathered, are handed to the project's task backend."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django_tasks import task

from ..database.availability import write_alias
from ..database.execute import SQL
from ..database.tables import PageKey
from . import entry_states, limits

logger = logging.getLogger(__name__)

_ATTRIBUTE = "_wagtail_vector_search_followup"
_NOTED = "_wagtail_vector_search_requested"


class FollowUp:
    """The callback of one transaction on one connection, however many pages it saves."""

    def __init__(self) -> None:
        self.page_ids: dict[Any, None] = {}
        #: Whether more pages are pending than these.
        self.has_more = False
        #: What ``requested`` returns; forgotten when a test case has the callback called in its own transaction.
        self.requested: set[Any] = set()
        #: Tree paths whose pages this transaction has taken out of the index, to delete them.
        self.deleted_paths: list[str] = []
        #: The connection's list of callbacks. Django replaces this list at every commit and every rollback, including
        #: one to a savepoint. While it is the same list, nothing noted here has been undone.
        self.callbacks: Any = None

    def __call__(self) -> None:
        self.callbacks = None
        self.requested.clear()
        if self.page_ids:
            enqueue_pages(list(self.page_ids))
        if self.has_more:
            enqueue_queue()

    def is_deleting(self, path: str) -> bool:
        """Return whether this transaction has already taken the page at ``path`` out of the index."""
        return path.startswith(tuple(self.deleted_paths))


def follow_up(using: str) -> FollowUp:
    """Return the callback of the transaction that is open; outside of one, a callback that is never called."""
    connection = connections[using]
    if not connection.in_atomic_block:
        return FollowUp()
    current: FollowUp | None = getattr(connection, _ATTRIBUTE, None)
    if current is None or current.callbacks is not connection.run_on_commit:
        current = FollowUp()
        current.requested = requested(using)
        transaction.on_commit(current, using=using, robust=True)
        current.callbacks = connection.run_on_commit
        setattr(connection, _ATTRIBUTE, current)
    return current


def requested(using: str) -> set[Any]:
    """Return what the transaction that is open need not request again: keys of pages, and objects by model and key."""
    connection = connections[using]
    if not connection.in_atomic_block:
        return set()
    # As with the callback: a list that is the same says that nothing has been undone.
    noted: tuple[Any, set[Any]] | None = getattr(connection, _NOTED, None)
    if noted is None or noted[0] is not connection.run_on_commit:
        noted = (connection.run_on_commit, set())
        setattr(connection, _NOTED, noted)
    return noted[1]


def enqueue_after_commit(page_ids: Iterable[PageKey], using: str) -> None:
    """Enqueue pages once the transaction is committed; at once outside of one."""
    if pages := dict.fromkeys(page_ids):
        if connections[using].in_atomic_block:
            follow_up(using).page_ids.update(pages)
        else:
            enqueue_pages(list(pages))


def request_showing(showing: SQL, index_names: Sequence[str], using: str) -> None:
    """Request the pages that show an object, and enqueue them once the transaction is committed.

    An editor's request hands on ``INLINE_PAGES`` of them at most; one task more works on the rest.

    Args:
        showing: selects primary keys of pages.
        index_names: the indexes concerned.
        using: the database.
    """
    done = entry_states.request_showing(showing, index_names, using, limit=limits.INLINE_PAGES)
    enqueue_after_commit(done.page_ids, using)
    if done.more and connections[using].in_atomic_block:
        follow_up(using).has_more = True
    elif done.more:
        enqueue_queue()
    if done.missed:
        transaction.on_commit(
            lambda: enqueue_pages(entry_states.requeue(done.missed, index_names, using)), using=using, robust=True
        )


def requeue_after_commit(root_id: Any, index_names: Sequence[str], using: str, *, closed: bool) -> None:
    """Once the transaction is committed, requeue the pages of a section that it could not change.

    Args:
        root_id: primary key of the section's first page.
        index_names: the indexes concerned.
        using: the database.
        closed: whether the section becomes private.
    """
    transaction.on_commit(
        lambda: enqueue_pages(entry_states.requeue_section(root_id, index_names, using, closed=closed)),
        using=using,
        robust=True,
    )


@dataclass(slots=True)
class _Request:
    """A request or command that hands tasks to a backend, and waits for those that the backend runs at once."""

    pages_done: int = 0


# A task that finds this set runs inside the request that enqueued it.
_request: ContextVar[_Request | None] = ContextVar("request", default=None)


@contextmanager
def _handing_on(what: str) -> Iterator[_Request]:
    """Note the request that tasks are handed on from, and log what the task backend raises."""
    request = _Request()
    token = _request.set(request)
    try:
        yield request
    except Exception:
        logger.exception("%s could not be handed to the task backend and stay pending.", what)
    finally:
        _request.reset(token)


def enqueue_pages(page_ids: Sequence[PageKey]) -> None:
    """Hand pages to the task backend. Never raises: the pages are pending whatever becomes of the task."""
    with _handing_on(f"{len(page_ids)} page(s)") as request:
        for start in range(0, len(page_ids), limits.TASK_PAGES):
            if request.pages_done >= limits.INLINE_PAGES:
                logger.warning("%d page(s) stay pending: too many for one request.", len(page_ids) - start)
                return
            process_pages_task.enqueue(list(page_ids[start : start + limits.TASK_PAGES]))


def enqueue_queue() -> None:
    """Hand whatever is due to the task backend. Never raises."""
    with _handing_on("Pages"):
        process_queue_task.enqueue()


@task()
def process_pages_task(page_ids: list[PageKey]) -> None:
    """Index pages that have been requested.

    In the request of an editor no remote provider is called: pages become findable by their words, and a worker adds
    the vectors.
    """
    from .worker import process

    using, request = write_alias(), _request.get()
    if request:
        request.pages_done += len(page_ids)
    try:
        # Within a transaction, as in a test case, a failing statement must not break it.
        with transaction.atomic(using=using) if connections[using].in_atomic_block else nullcontext():
            process(page_ids, allow_remote=request is None)
    except Exception:
        # Some backends do not log exceptions. The pages stay pending.
        logger.exception("%d page(s) could not be indexed and stay pending.", len(page_ids))
        raise


@task()
def process_queue_task() -> None:
    """Index whatever is due, for ``QUEUE_SECONDS``; a further task goes on. In an editor's request it does nothing."""
    from .worker import drain

    if _request.get():
        logger.warning("Pages stay pending: too many for one request. Run: python manage.py process_vector_queue")
        return
    until = time.monotonic() + limits.QUEUE_SECONDS
    drain(is_stopping=lambda: time.monotonic() >= until)
    if time.monotonic() >= until:
        process_queue_task.enqueue()
