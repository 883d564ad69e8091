"""Times calls, counts their SQL statements, and measures the share of the time that these take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

from django.db import connection

from ..measures import percentile

T = TypeVar("T")

#: Calls before the first that is timed.
WARM_UP = 5
#: Calls whose statements are counted.
WATCHED = 20
#: Calls that are made even where they take longer than the time allowed.
AT_LEAST = 15


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of one call in ms, and SQL statements of the call that had most."""

    p50: float
    p95: float
    statements: int
    #: Share of the time that passes in SQL, 0 to 1.
    sql_share: float


@dataclass(slots=True)
class Statements:
    """The number of statements that were run, and the seconds that they took."""

    number: int = 0
    seconds: float = 0.0


def measure(function: Callable[[T], object], arguments: Sequence[T], *, seconds: float = 15) -> Timing:
    """Time a function, called with one argument after the other.

    Args:
        function: must do all of its work before it returns.
        arguments: at least one.
        seconds: after which no further call is made.
    """
    for argument in arguments[:WARM_UP]:
        function(argument)
    times = _time(function, arguments, seconds)
    number, sql, total = 0, 0.0, 0.0
    for argument in arguments[:WATCHED]:
        with count_statements() as statements:
            total += time_call(lambda argument=argument: function(argument))  # type: ignore[misc]
        number, sql = max(number, statements.number), sql + statements.seconds
    return Timing(percentile(times, 0.5), percentile(times, 0.95), number, sql * 1000 / total)


def time_call(function: Callable[[], object]) -> float:
    """Call a function and return the ms it took."""
    started = perf_counter()
    function()
    return (perf_counter() - started) * 1000


def _time(function: Callable[[T], object], arguments: Sequence[T], seconds: float) -> list[float]:
    times: list[float] = []
    until = perf_counter() + seconds
    for argument in arguments:
        if perf_counter() > until and len(times) >= AT_LEAST:
            break
        times.append(time_call(lambda argument=argument: function(argument)))  # type: ignore[misc]
    return times


@contextmanager
def count_statements() -> Iterator[Statements]:
    """Count the SQL statements of this thread; ``COPY`` is not among them."""
    statements = Statements()

    def watch(execute: Callable[..., Any], *arguments: Any) -> Any:
        started = perf_counter()
        try:
            return execute(*arguments)
        finally:
            statements.number += 1
            statements.seconds += perf_counter() - started

    with connection.execute_wrapper(watch):
        yield statements
