"""Lets a command finish what it is doing when it is told to end."""

from __future__ import annotations

import select
import signal
import socket
import threading
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class StopRequest:
    """Notices SIGTERM and SIGINT. A second one ends the process at once, as if nobody noticed."""

    def __init__(self) -> None:
        self._is_made = False
        # Waiting for an Event or a Condition may lock up when their lock is held while the signal comes.
        self._reader, self._writer = socket.socketpair()
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            self._handlers = {number: signal.signal(number, self._notice) for number in SIGNALS}
        return self

    def __exit__(self, *error: object) -> None:
        self._restore()
        self._reader.close()
        self._writer.close()

    def is_made(self) -> bool:
        """Return whether it is time to stop."""
        return self._is_made

    def wait(self, seconds: float) -> None:
        """Wait so long, or until it is time to stop. Costs nothing meanwhile."""
        select.select([self._reader], [], [], seconds)

    def _notice(self, number: int, frame: FrameType | None) -> None:
        self._is_made = True
        self._writer.send(b".")
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers = {}
