"""Waiting for something that may never answer."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from wagtail_vector_search.exceptions import ProviderUnavailableError

T = TypeVar("T")


def call_with_deadline(function: Callable[[], T], seconds: float) -> T:
    """Return what ``function`` returns, if it does so in time.

    The call runs in a thread of its own. One that misses its deadline is left behind, not stopped: Python cannot
    interrupt a thread that waits for a network.

    Args:
        function: takes no arguments; must not use the database, whose connections belong to the calling thread.
        seconds: how long to wait.

    Raises:
        ProviderUnavailableError: no answer in time.
        Exception: whatever ``function`` raises.
    """
    answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def answer() -> None:
        try:
            answers.put((function(), None))
        except BaseException as exc:
            answers.put((None, exc))

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(answer,), name="embedding-call", daemon=True).start()
    try:
        result, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise ProviderUnavailableError(f"The embedding provider gave no answer within {seconds:g} seconds.") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # without an error there is a result
