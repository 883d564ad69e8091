"""What something adds to a time, from pairs that were measured side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .times import percentile


class Added(NamedTuple):
    """Medians, in the unit of the times. What slows both of a pair down is in neither ``added`` nor its quartiles."""

    without: float
    #: Of the differences within the pairs.
    added: float
    #: Lower and upper quartile of the same.
    low: float
    high: float


def compare_pairs(without: Sequence[float], with_it: Sequence[float]) -> Added:
    """Return what is added, a pair standing at the same place of both sequences."""
    differences = [after - before for before, after in zip(without, with_it, strict=True)]
    return Added(percentile(without, 0.5), *(percentile(differences, share) for share in (0.5, 0.25, 0.75)))
