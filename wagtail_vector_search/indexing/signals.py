"""The signal that tells a project of pages that visitors may not find any more, so that it can purge its caches."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from ..database.tables import PageKey
from ..database.transactions import is_managed_by_project

logger = logging.getLogger(__name__)

#: Sent after the commit, with ``page_id`` and ``subtree``: whether all pages below are meant, too. That is when a page
#: is unpublished, deleted, made private, kept out by its class, or moved: then it has another address, perhaps a
#: private one.
pages_withdrawn = Signal()


def announce_withdrawn(page_id: PageKey, using: str, *, subtree: bool) -> None:
    """Send ``pages_withdrawn`` once the transaction is committed; at once where the project commits by itself."""
    if not pages_withdrawn.has_listeners():
        return
    if is_managed_by_project(using):
        _send(page_id, subtree=subtree)
    else:
        transaction.on_commit(lambda: _send(page_id, subtree=subtree), using=using, robust=True)


def _send(page_id: Any, *, subtree: bool) -> None:
    for receiver, problem in pages_withdrawn.send_robust(sender=None, page_id=page_id, subtree=subtree):
        if problem:
            logger.error("A receiver of pages_withdrawn failed: %r", receiver, exc_info=problem)
