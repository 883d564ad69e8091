"""Keeps a project's routers from sending the reads of an indexer to a replica, which lags behind the edits to index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import router
from django.db.models import Model

_primary: ContextVar[str | None] = ContextVar("primary", default=None)


class _PrimaryRouter:
    """Answers before every other router, while something is indexed in this thread."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        primary = _primary.get()
        if primary is None or router.db_for_write(model, **hints) != primary:
            return None  # not ours to say, or a model of another database altogether
        return primary


_router = _PrimaryRouter()


@contextmanager
def reading_from(using: str) -> Iterator[None]:
    """Read what is written to a database from that database.

    A page is loaded from there anyway; but what it refers to is read through the routers, when its text is put
    together.
    """
    if _router not in router.routers:
        router.routers.insert(0, _router)
    token = _primary.set(using)
    try:
        yield
    finally:
        _primary.reset(token)
