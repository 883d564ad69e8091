"""What follows the commit of an editor's transaction: its pages, gathered, are handed to the project's task backend."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django_tasks import task

from ..conf import works_in_background
from ..database.availability import is_ready, write_alias
from ..database.execute import SQL
from ..database.tables import PageKey
from ..database.transactions import is_managed_by_project, savepoint
from ..health import write_in_time
from . import entry_states, limits
from .background import Background

logger = logging.getLogger(__name__)

_ATTRIBUTE = "_wagtail_vector_search_followup"
_NOTED = "_wagtail_vector_search_requested"


class FollowUp:
    """The callback of one transaction on one connection, however many pages it saves."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.page_ids: dict[Any, None] = {}
        #: Whether the transaction has noted requests; see ``entry_states.request_later``.
        self.has_notes = False
        #: Whether the transaction has done what a comparison finds: closed, opened or moved a section.
        self.is_to_compare = False
        #: What ``requested`` returns; forgotten when a test case has the callback called in its own transaction.
        self.requested: set[Any] = set()
        #: Tree paths whose pages this transaction has taken out of the index, to delete them.
        self.deleted_paths: set[str] = set()
        #: The connection's list of callbacks. Django replaces this list at every commit and every rollback, including
        #: one to a savepoint. While it is the same list, nothing noted here has been undone.
        self.callbacks: Any = None

    def __call__(self) -> None:
        self.callbacks = None
        self.requested.clear()
        write_in_time(self._hand_on, self.using)

    def _hand_on(self) -> None:
        from .comparison import count_listed_pages, request_differences

        page_ids, has_more = self.page_ids, False
        if self.has_notes:
            noted, has_more = entry_states.take_requests(self.using, limit=limits.NOTES)
            page_ids |= dict.fromkeys(noted)
        if self.is_to_compare and count_listed_pages(self.using) <= limits.INLINE_COMPARED_PAGES:
            found = request_differences(self.using)
            _take_out(list(found.unwanted)[: limits.INLINE_PAGES_ALONE], self.using)
            page_ids |= found.unwanted | found.wanted
        elif self.is_to_compare:
            has_more = True
        enqueue_pages(list(page_ids))
        if has_more:
            enqueue_queue()

    def is_deleting(self, path: str) -> bool:
        """Return whether this transaction has already taken the page at ``path`` out of the index."""
        return path.startswith(tuple(self.deleted_paths))


def follow_up(using: str) -> FollowUp:
    """Return the callback of the transaction that is open; outside of one, a callback that is never called."""
    connection = connections[using]
    if not connection.in_atomic_block:
        return FollowUp(using)
    current = _current(connection)
    if current is None:
        current = FollowUp(using)
        current.requested = requested(using)
        transaction.on_commit(current, using=using, robust=True)
        current.callbacks = connection.run_on_commit
        setattr(connection, _ATTRIBUTE, current)
    return current


def _current(connection: Any) -> FollowUp | None:
    current: FollowUp | None = getattr(connection, _ATTRIBUTE, None)
    return current if current and current.callbacks is connection.run_on_commit else None


def note_path(path: str, using: str) -> None:
    """Note that a page is at a path now, where the open transaction may have deleted another."""
    if current := _current(connections[using]):
        current.deleted_paths = {deleted for deleted in current.deleted_paths if not path.startswith(deleted)}


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
        with _after_commit(using) as current:
            current.page_ids.update(pages)


def request_showing(showing: SQL, index_names: Sequence[str], using: str) -> None:
    """Note the pages that show an object, and request and enqueue them once the transaction is committed.

    Args:
        showing: selects primary keys of pages.
        index_names: the indexes concerned.
        using: the database.
    """
    if entry_states.request_later(showing, index_names, using):
        with _after_commit(using) as current:
            current.has_notes = True


def compare_after_commit(using: str) -> None:
    """Request whatever pages differ from the index once the transaction is committed; at once outside of one."""
    with _after_commit(using) as current:
        current.is_to_compare = True


@contextmanager
def _after_commit(using: str) -> Iterator[FollowUp]:
    """Yield the callback of the open transaction. Without one it is called at the end.

    In a transaction that the project manages by itself (``set_autocommit(False)``) it is never called: what the
    callback would do is found by the next worker or request.
    """
    current = follow_up(using)
    yield current
    if not (connections[using].in_atomic_block or is_managed_by_project(using)):
        current()


@dataclass(slots=True)
class _Request:
    """A request or command that hands tasks to a backend, and waits for those that the backend runs at once."""

    pages_done: int = 0
    #: Whether some of them wait for a remote provider.
    has_waiting: bool = False


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
    if not page_ids:
        return
    most = limits.INLINE_PAGES if _has_background() else limits.INLINE_PAGES_ALONE
    start = 0
    with _handing_on(f"{len(page_ids)} page(s)") as request:
        while start < len(page_ids) and request.pages_done < most:
            stop = start + min(limits.TASK_PAGES, most)
            process_pages_task.enqueue(list(page_ids[start:stop]))
            start = stop
    left = max(0, len(page_ids) - start)
    if left or request.has_waiting:
        _work_in_background(left)


def _take_out(page_ids: Sequence[PageKey], using: str) -> None:
    """Delete the rows of pages that must not be in the index, without a task: no worker may be there. Never raises."""
    from .worker import process

    try:
        with savepoint(using):
            process(page_ids, allow_remote=False)
    except Exception:
        logger.exception("%d page(s) stay to be taken out of the index by a worker.", len(page_ids))


def enqueue_queue() -> None:
    """Hand whatever is due to the task backend. Never raises."""
    with _handing_on("Pages"):
        process_queue_task.enqueue()


def work_now_and_then() -> None:
    """Have the queue worked on in the background if that is long ago. Called after requests; returns at once."""
    global _next_look
    if time.monotonic() >= _next_look and _has_background():
        _next_look = time.monotonic() + LOOK_SECONDS
        background.start()


def _has_background() -> bool:
    """Return whether a thread could work on the queue: not in a test case, whose transaction no thread sees into."""
    return works_in_background() and not connections[write_alias()].in_atomic_block


def _work_in_background(left: int) -> None:
    if _has_background():
        background.start()
    elif left:
        logger.warning(
            "%d page(s) stay pending: too many for one request. Run: python manage.py process_vector_queue", left
        )


def _look_after_queue() -> None:
    """Request what differs, and hand on whatever is due. Runs in the background of a web process."""
    using = write_alias()
    if is_ready(using):
        write_in_time(lambda: _hand_on_what_is_due(using), using)


def _hand_on_what_is_due(using: str) -> None:
    from .worker import catch_up

    catch_up(using)
    look = _Look(goes_on=bool(entry_states.count_due(using)))
    _look.set(look)
    while look.goes_on and not background.is_ending():
        look.goes_on = False  # a worker does it, unless the task backend runs the task here
        process_queue_task.enqueue()


@dataclass(slots=True)
class _Look:
    """A look at the queue by the background thread."""

    #: Whether a task is to follow: the one before, which the backend has run in this thread, was out of time.
    goes_on: bool


_look: ContextVar[_Look | None] = ContextVar("look", default=None)

#: Seconds between two looks of one process at the queue.
LOOK_SECONDS = 45.0

#: When this process looks next, by its monotonic clock. Processes that start together look at different times.
_next_look = time.monotonic() + random.uniform(5, LOOK_SECONDS)  # noqa: S311  # no secret

background = Background(_look_after_queue)


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
        with savepoint(using):
            report = process(page_ids, allow_remote=request is None)
        if request:
            request.has_waiting |= bool(report.waiting)
    except Exception:
        # Some backends do not log exceptions. The pages stay pending.
        logger.exception("%d page(s) could not be indexed and stay pending.", len(page_ids))
        raise


@task()
def process_queue_task() -> None:
    """Index whatever is due, for ``QUEUE_SECONDS``; a further task goes on. A request leaves it to a thread."""
    from .worker import drain

    if _request.get():
        _work_in_background(1)
        return
    until = time.monotonic() + limits.QUEUE_SECONDS
    look = _look.get()
    drain(is_stopping=lambda: time.monotonic() >= until or background.is_ending())
    if time.monotonic() < until:
        return
    if look:
        look.goes_on = True
    else:
        process_queue_task.enqueue()
