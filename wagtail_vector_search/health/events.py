"""Reads and writes ``SearchEvent``. A row that cannot be had never makes a search fail."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from ..models import SearchEvent
from ..models.events import MAX_SUBJECT
from .statements import shielded

#: How long rows are kept after they have stopped counting.
KEPT = timedelta(days=1)


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
        SearchEvent.objects.using(using).create(
            kind=kind,
            subject=subject[:MAX_SUBJECT],
            reason=reason,
            weight=weight,
            detail=detail,
            expires_at=Now() + timedelta(seconds=seconds),
        )

    shielded(insert, None)


def events(kind: SearchEvent.Kind, subject: str, using: str) -> QuerySet[SearchEvent]:
    """Return the events of one kind about one subject, old ones too."""
    return SearchEvent.objects.using(using).filter(kind=kind, subject=subject[:MAX_SUBJECT])


def current_events(kind: SearchEvent.Kind, subject: str, using: str) -> QuerySet[SearchEvent]:
    """Return the events of one kind about one subject that count now.

    Where the clock of the database was set back, those of the time after do not count: they would for as long.
    """
    return events(kind, subject, using).filter(created_at__lte=Now(), expires_at__gt=Now())


def prune_events() -> None:
    """Delete the rows that stopped counting long ago, except those that another process is deleting."""

    def delete(using: str) -> None:
        old = SearchEvent.objects.using(using).filter(expires_at__lt=Now() - KEPT).select_for_update(skip_locked=True)
        # Django reads the rows first where a package listens to every deletion, and locks need a transaction.
        with transaction.atomic(using=using):
            SearchEvent.objects.using(using).filter(pk__in=old.values("pk")).delete()

    shielded(delete, None)
