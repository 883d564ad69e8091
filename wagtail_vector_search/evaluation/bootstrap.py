"""Whether one system is better than another, or was only lucky with the queries. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Difference(NamedTuple):
    """A mean difference with its interval."""

    mean: float
    low: float
    high: float


def paired_difference(
    first: Sequence[float], second: Sequence[float], *, samples: int = 10_000, level: float = 0.95, seed: int = 0
) -> Difference:
    """Return by how much the first is better, with a percentile bootstrap interval over the queries.

    Sakai, "Evaluating evaluation metrics based on the bootstrap", SIGIR 2006.

    Args:
        first: scores of one system, one a query.
        second: scores of another on the same queries, in the same order; at least one.
        samples: how often the queries are drawn again.
        level: share of the samples within the interval.
        seed: of the random numbers.

    Raises:
        ValueError: the two are not of the same length.
    """
    import numpy as np

    if len(first) != len(second):
        raise ValueError(f"{len(first)} scores cannot be paired with {len(second)}.")
    differences = np.subtract(first, second)
    random = np.random.default_rng(seed)
    means = [float(differences[random.integers(0, len(differences), len(differences))].mean()) for _ in range(samples)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Difference(float(differences.mean()), float(low), float(high))
