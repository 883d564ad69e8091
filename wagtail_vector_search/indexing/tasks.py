"""The task that follows a publish, and who is called to do it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django_tasks import task

from ..database.availability import write_alias

logger = logging.getLogger(__name__)

#: Pages of one task.
TASK_PAGES = 50

#: Pages that an editor's own request indexes, at most, where the task backend runs tasks at once.
INLINE_PAGES = 100


@dataclass(slots=True)
class _Request:
    """Somebody who hands tasks to a backend, and waits for those that it runs at once."""

    pages_done: int = 0


# A task that finds this set runs inside the request that made it.
_request: ContextVar[_Request | None] = ContextVar("request", default=None)


@task()
def process_pages_task(page_ids: list[Any]) -> None:
    """Index pages that have been requested.

    In the request of an editor no remote provider is called: pages become findable by their words, and wait for
    ``update_vector_index`` for the rest.
    """
    from .worker import process  # loads the whole path of a page, which a process that only starts does not need

    using, request = write_alias(), _request.get()
    if request:
        request.pages_done += len(page_ids)
    # Within a transaction, as in a test case, a failing statement must not take it down.
    shield = transaction.atomic(using=using) if connections[using].in_atomic_block else nullcontext()
    try:
        with shield:
            process(page_ids, allow_remote=request is None, using=using)
    except Exception:
        # Some backends keep an exception to themselves. The pages stay pending.
        logger.exception("%d page(s) could not be indexed and stay pending.", len(page_ids))
        raise


def enqueue_pages(page_ids: Sequence[Any]) -> None:
    """Hand pages to the task backend. Never raises: the pages are pending whatever becomes of the task."""
    try:
        with _requesting() as request:
            for start in range(0, len(page_ids), TASK_PAGES):
                if request.pages_done >= INLINE_PAGES:
                    logger.warning("%d page(s) stay pending: too many for one request.", len(page_ids) - start)
                    return
                process_pages_task.enqueue(list(page_ids[start : start + TASK_PAGES]))
    except Exception:
        logger.exception("%d page(s) could not be handed to the task backend and stay pending.", len(page_ids))


@contextmanager
def _requesting() -> Iterator[_Request]:
    request = _Request()
    token = _request.set(request)
    try:
        yield request
    finally:
        _request.reset(token)
