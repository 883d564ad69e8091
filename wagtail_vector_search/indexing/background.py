"""One thread of a web process, which works on the queue when no request has to wait for it."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Callable

from django.db import connections

logger = logging.getLogger(__name__)

#: Seconds that a process that ends waits for the thread to give its pages back.
LAST_SECONDS = 5.0


class Background:
    """Runs a function in a thread of this process, once more if it is wanted again meanwhile."""

    def __init__(self, function: Callable[[], object]) -> None:
        self.function = function
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_wanted = False
        self._is_ending = False
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self._end)

    def start(self) -> None:
        """Run the function soon. Returns at once."""
        with self._lock:
            self._is_wanted = True
            if self._thread is None and not self._is_ending:
                thread = threading.Thread(target=self._run, name="vector-queue", daemon=True)
                try:
                    thread.start()
                except RuntimeError:
                    logger.warning("No thread can be started; pages wait for the next request or worker.")
                else:
                    self._thread = thread

    def is_ending(self) -> bool:
        """Return whether the process ends, so that the function should return."""
        return self._is_ending

    def join(self, timeout: float | None = None) -> None:
        """Wait until the function has nothing more to do."""
        if thread := self._thread:
            thread.join(timeout)

    def _run(self) -> None:
        try:
            while self._take():
                try:
                    self.function()
                except Exception:
                    logger.exception("The queue could not be worked on; the pages stay pending.")
        finally:
            connections.close_all()

    def _take(self) -> bool:
        with self._lock:
            wanted, self._is_wanted = self._is_wanted and not self._is_ending, False
            if not wanted:
                self._thread = None
            return wanted

    def _end(self) -> None:
        self._is_ending = True
        self.join(LAST_SECONDS)

    def _forget(self) -> None:
        self._lock, self._thread, self._is_wanted = threading.Lock(), None, False
