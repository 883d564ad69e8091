"""Whether a difference between two systems, or two weights, is more than chance. Pure.

The best of many weights looks better than it is, because it was chosen on the very queries that it is measured on. So
it is chosen on some of them and measured on the others, in turn (Stone, "Cross-validatory choice and assessment of
statistical predictions", JRSS B 36(2), 1974), several times with other divisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean
from typing import NamedTuple

#: Parts that the queries are divided into: a weight is chosen on all but one of them and measured on that one.
FOLDS = 5
#: Divisions into folds whose scores are averaged, so that no single one decides.
REPEATS = 10
#: Level of the interval of the gain. Folds share queries, so an interval over them is too narrow: where 21 weights
#: differed by chance alone (40 queries, 300 trials), one of 95 % called 6 to 8 of 100 a gain, this one 2 to 3.
LEVEL = 0.99
#: With fewer queries the interval is too wide to show most gains.
FEW_QUERIES = 30


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


@dataclass(frozen=True, slots=True)
class Tuning:
    """What judged queries say about the weight of the semantic leg."""

    #: The weights that were tried.
    weights: tuple[float, ...]
    #: Mean nDCG of each.
    scores: tuple[float, ...]
    #: Mean nDCG with the present settings.
    present: float
    #: The weight with the highest mean; of equals the middle one.
    best: float
    #: Mean nDCG of queries by a weight chosen without them: what to expect of ``best`` for other queries.
    cross_validated: float
    #: ``cross_validated`` minus ``present``, with its 99 % interval.
    gain: Difference
    #: Number of queries.
    queries: int

    @property
    def is_gain(self) -> bool:
        """Whether another weight is better by more than chance explains."""
        return self.gain.low > 0

    @property
    def too_few(self) -> bool:
        """Whether there are too few queries to tell a gain from chance."""
        return self.queries < FEW_QUERIES


def cross_validate(
    weights: Sequence[float], scores: Sequence[Sequence[float]], present: Sequence[float], *, seed: int = 0
) -> Tuning:
    """Choose a weight and estimate its gain on other queries.

    Args:
        weights: in rising order.
        scores: for each weight the score of each query.
        present: the score of each query with the present settings; at least two.
        seed: of the divisions into folds, and of the interval.

    Raises:
        ValueError: there are fewer than two queries.
    """
    queries = range(len(present))
    if len(queries) < 2:
        raise ValueError("A weight cannot be chosen on some queries and tried on others: there is only one.")
    by_query: list[list[float]] = [[] for _ in queries]
    random = Random(seed)  # noqa: S311 - no secret hangs on it
    for _ in range(REPEATS):
        shuffled = random.sample(queries, len(queries))
        for fold in range(min(FOLDS, len(queries))):
            held_out = set(shuffled[fold::FOLDS])
            chosen = _choose(scores, [query for query in queries if query not in held_out])
            for query in held_out:
                by_query[query].append(scores[chosen][query])
    cross_validated = [fmean(found) for found in by_query]
    return Tuning(
        weights=tuple(weights),
        scores=tuple(fmean(of_weight) for of_weight in scores),
        present=fmean(present),
        best=weights[_choose(scores, queries)],
        cross_validated=fmean(cross_validated),
        gain=paired_difference(cross_validated, present, level=LEVEL, seed=seed),
        queries=len(queries),
    )


def _choose(scores: Sequence[Sequence[float]], queries: Sequence[int]) -> int:
    """Return the position of the best weight; of equals the middle one, the furthest from those that are worse."""
    means = [fmean(of_weight[query] for query in queries) for of_weight in scores]
    best = max(means)
    equals = [position for position, mean in enumerate(means) if best - mean < 1e-9]
    return equals[len(equals) // 2]
