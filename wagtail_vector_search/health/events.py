"""Reads and writes ``SearchEvent``. A row that cannot be had never makes a search fail."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import TypeVar

from django.db import Error, connections, router, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from ..models import SearchEvent
from ..models.events import MAX_SUBJECT

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: How long rows are kept after they have stopped counting.
KEPT = timedelta(days=1)


def shielded(statement: Callable[[str], T], default: T) -> T:
    """Run a statement on the database that is written, for a caller that can do without it.

    Args:
        statement: gets the alias of the database.
        default: what to return when the statement fails, or when the database is not PostgreSQL.
    """
    using = router.db_for_write(SearchEvent)
    connection = connections[using]
    if connection.vendor != "postgresql":
        return default
    try:
        with transaction.atomic(using=using) if connection.in_atomic_block else nullcontext():
            return statement(using)
    except Error as error:
        logger.warning("The health of searches could not be read or noted: %s", error)
        return default


def record(
    kind: SearchEvent.Kind, subject: str, *, seconds: float, reason: str = "", weight: int = 1, detail: str = ""
) -> None:
    """Add an event. One statement; never raises a database error.

    Args:
        kind: what happened.
        subject: a provider with its model, or the name of an index.
        seconds: how long it counts.
        reason: why, as one word.
        weight: how many, or how much it says.
        detail: the error, redacted.
    """

    def insert(using: str) -> None:
        event = SearchEvent(
            kind=kind,
            subject=subject[:MAX_SUBJECT],
            reason=reason,
            weight=weight,
            detail=detail,
            expires_at=Now() + timedelta(seconds=seconds),
        )
        # Sends no signal: packages that log every save cannot write down a moment that the database computes.
        SearchEvent.objects.using(using).bulk_create([event])

    shielded(insert, None)


def events(kind: SearchEvent.Kind, subject: str, using: str) -> QuerySet[SearchEvent]:
    """Return the events of one kind about one subject, old ones too."""
    return SearchEvent.objects.using(using).filter(kind=kind, subject=subject[:MAX_SUBJECT])


def prune_events() -> None:
    """Delete the rows that stopped counting long ago, except those that another process is deleting."""

    def delete(using: str) -> None:
        old = SearchEvent.objects.using(using).filter(expires_at__lt=Now() - KEPT).select_for_update(skip_locked=True)
        SearchEvent.objects.using(using).filter(pk__in=old.values("pk")).delete()

    shielded(delete, None)
