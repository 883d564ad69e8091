"""What a search does where PostgreSQL's ``statement_timeout`` ends one of its statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import OperationalError, connections, transaction

from ..models.limits import QUERY_CANCELED, has_state


class OutOfTimeError(Exception):
    """A statement took longer than the database allows."""


@contextmanager
def in_time(using: str, *, limited: bool) -> Iterator[None]:
    """Run statements whose cancellation the visitor's request survives.

    Within a transaction, as under ``ATOMIC_REQUESTS``, that takes a savepoint, which costs two statements: so it is
    made only where there is a time limit.

    Args:
        using: the database.
        limited: whether it has a time limit.

    Raises:
        OutOfTimeError: a statement was cancelled, and the transaction can go on.
    """
    in_transaction = connections[using].in_atomic_block
    try:
        with transaction.atomic(using=using) if in_transaction and limited else nullcontext():
            yield
    except OperationalError as error:
        if not has_state(error, QUERY_CANCELED) or (in_transaction and not limited):
            raise
        raise OutOfTimeError from error
