"""Halves a batch that fails until what fails is alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from ..exceptions import ProviderError

T = TypeVar("T")


def in_halves(
    positions: range, call: Callable[[range], T], is_halved: Callable[[range, ProviderError], bool]
) -> Iterator[tuple[range, T | ProviderError]]:
    """Call with all positions at once, and again with each half of those that fail.

    Args:
        positions: of the texts, at least one.
        call: embeds the texts at some positions.
        is_halved: whether fewer of these texts may do better after this error.

    Yields:
        Positions in order, with what the call returned for them; of a single one that fails, the error.

    Raises:
        ProviderError: one for which ``is_halved`` says no.
    """
    outcome: T | ProviderError
    try:
        outcome = call(positions)
    except ProviderError as error:
        if not is_halved(positions, error):
            raise
        outcome = error
    if isinstance(outcome, ProviderError) and len(positions) > 1:
        middle = len(positions) // 2
        yield from in_halves(positions[:middle], call, is_halved)
        yield from in_halves(positions[middle:], call, is_halved)
    else:
        yield positions, outcome
