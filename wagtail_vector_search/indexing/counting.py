"""Counts the terms of one batch of pages while the next is read.

Only PostgreSQL knows its text-search configurations, but it reads no table of ours for them: so what it counts is the
same on any connection, inside a transaction or not, and one that is used for nothing else keeps both sides busy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, connections

from .preparation import PreparedPage
from .terms import Frequencies, count_terms


class TermCounter:
    """A thread with a connection of its own. To be closed.

    Args:
        using: the database.
    """

    def __init__(self, using: str) -> None:
        self._using = using
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="count-terms")
        #: Set when the connection could not be had, or has failed: it may have been one too many.
        self._failed = False

    def start(self, pages: Sequence[PreparedPage]) -> Callable[[], list[Frequencies]]:
        """Begin to count, and return what waits for the result of ``count_terms``."""
        if self._failed:
            return lambda: count_terms(pages, self._using)
        future = self._executor.submit(count_terms, pages, self._using)

        def finish() -> list[Frequencies]:
            try:
                return future.result()
            except (DatabaseError, InterfaceError):
                self._failed = True
                return count_terms(pages, self._using)

        return finish

    def close(self) -> None:
        """Let the connection go, once what has begun is over."""
        self._executor.submit(lambda: connections[self._using].close())
        self._executor.shutdown()
