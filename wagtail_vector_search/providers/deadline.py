"""Waiting for something that may never answer."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from ..exceptions import ProviderTimeoutError, TooManyCallsError

T = TypeVar("T")


def call_with_deadline(function: Callable[[], T], seconds: float, slots: threading.BoundedSemaphore) -> T:
    """Return what ``function`` returns, if it does so in time.

    The call runs in a thread of its own. One that misses its deadline is left behind, not stopped: Python cannot
    interrupt a thread that waits for a network. It keeps its slot until it ends.

    Args:
        function: takes no arguments; must not use the database, whose connections belong to the calling thread.
        seconds: how long to wait.
        slots: as many as there may be such threads.

    Raises:
        ProviderTimeoutError: no answer in time.
        TooManyCallsError: no slot is free.
        Exception: whatever ``function`` raises.
    """
    if not slots.acquire(blocking=False):
        raise TooManyCallsError
    answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def answer() -> None:
        outcome: tuple[T | None, BaseException | None]
        try:
            outcome = (function(), None)
        except BaseException as exc:
            outcome = (None, exc)
        slots.release()  # before the answer is there, or the caller's next call might find no slot
        answers.put(outcome)

    context = contextvars.copy_context()
    try:
        threading.Thread(target=context.run, args=(answer,), name="embedding-call", daemon=True).start()
    except RuntimeError:  # no thread can be started
        slots.release()
        raise
    try:
        result, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise ProviderTimeoutError(f"The embedding provider gave no answer within {seconds:g} seconds.") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # without an error there is a result
