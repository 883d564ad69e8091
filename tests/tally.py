"""How many faults and hostile inputs the suite has tried; pytest prints the numbers at its end."""

from __future__ import annotations

from collections import Counter

#: What was tried -> how often, such as ``{"processes killed": 12}``.
tried: Counter[str] = Counter()


def tally(what: str, number: int = 1) -> None:
    """Count something that was tried.

    Args:
        what: in the plural, such as ``"processes killed"``.
        number: how many.
    """
    tried[what] += number
