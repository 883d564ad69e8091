"""Runs functions in other threads and hands their results back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import copy_context
from typing import TypeVar

from .exceptions import ProviderTimeoutError, TooManyCallsError

T = TypeVar("T")


def run_in_thread(function: Callable[[], T], *, name: str) -> Future[T]:
    """Start a function in a daemon thread, which does not keep the process alive.

    Args:
        function: takes no arguments and sees the caller's context variables. It must not use the database: the
            connection that Django would open for the thread would never be closed.
        name: of the thread.

    Returns:
        Its result; ``result()`` also raises what the function raised, with its traceback.

    Raises:
        RuntimeError: no thread can be started.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            result = function()
        except BaseException as exc:
            future.set_exception(exc)
        else:
            future.set_result(result)

    threading.Thread(target=copy_context().run, args=(run,), name=name, daemon=True).start()
    return future


def call_with_deadline(function: Callable[[], T], seconds: float, slots: threading.BoundedSemaphore) -> T:
    """Return what ``function`` returns, if it does so in time.

    A call that misses its deadline is abandoned, not stopped: Python cannot interrupt a thread that waits for a
    network. It keeps its slot until it ends.

    Args:
        function: as for ``run_in_thread``.
        seconds: how long to wait.
        slots: limits how many such threads there are.

    Raises:
        ProviderTimeoutError: no result in time.
        TooManyCallsError: no slot is free.
        Exception: whatever ``function`` raises.
    """
    if not slots.acquire(blocking=False):
        raise TooManyCallsError

    def call() -> T:
        try:
            return function()
        finally:
            slots.release()  # before the result is there, or the caller's next call might find no slot

    try:
        future = run_in_thread(call, name="embedding-call")
    except RuntimeError:
        slots.release()
        raise
    # Not result(timeout): the function may raise a TimeoutError of its own.
    if not wait([future], timeout=seconds).done:
        raise ProviderTimeoutError(f"The embedding provider gave no answer within {seconds:g} seconds.")
    return future.result()
