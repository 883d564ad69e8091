"""Numbers that stand for many measured times."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed (nearest rank).

    Args:
        values: in any order, at least one.
        share: 0 to 1; .5 is the median.
    """
    return sorted(values)[max(ceil(share * len(values)) - 1, 0)]
