"""What our statements need of the transaction that a project has open, however it has opened it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from django.db import connections, transaction


def savepoint(using: str) -> AbstractContextManager[None]:
    """Return a block whose failure a transaction that is open survives. Without one it costs nothing."""
    connection = connections[using]
    if connection.in_atomic_block or is_managed_by_project(using):
        return transaction.atomic(using=using)
    return nullcontext()


def is_managed_by_project(using: str) -> bool:
    """Return whether the project commits by itself (``set_autocommit(False)``): Django then calls nothing after it."""
    connection = connections[using]
    return not connection.in_atomic_block and not connection.get_autocommit()
