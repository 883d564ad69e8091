"""Which weight serves judged queries best, told honestly. Pure.

The best of many weights looks better than it is: it was chosen on the very queries that it is measured on. So it is
chosen on some of them and measured on the others, in turn (Stone, "Cross-validatory choice and assessment of
statistical predictions", JRSS B 36(2), 1974), several times with other divisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean

from .bootstrap import Difference, paired_difference

FOLDS = 5
#: Divisions into folds that are averaged, so that none of them decides by luck.
REPEATS = 10
#: Of the interval of the gain. Folds share queries, so an interval over them is too narrow: where 21 weights differed
#: by chance alone (40 queries, 300 trials), one of 95 % called 6 to 8 of 100 a gain, this one 2 to 3.
LEVEL = 0.99
#: With fewer queries the interval is so wide that hardly any gain shows.
FEW_QUERIES = 30


@dataclass(frozen=True, slots=True)
class Tuning:
    """What judged queries say about the weight of meaning.

    Args:
        weights: That were tried.
        scores: Mean nDCG of each.
        present: Mean nDCG with the settings as they are.
        best: The weight with the highest mean; of equals the middle one.
        cross_validated: Mean nDCG of queries by a weight chosen without them: what ``best`` promises for others.
        gain: ``cross_validated`` minus ``present``, with its 99 % interval.
        queries: Number of queries.
    """

    weights: tuple[float, ...]
    scores: tuple[float, ...]
    present: float
    best: float
    cross_validated: float
    gain: Difference
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
    """Choose a weight, and say what it is worth.

    Args:
        weights: In rising order.
        scores: For each weight the score of each query.
        present: The score of each query with the settings as they are; at least two.
        seed: Of the divisions into folds, and of the interval.

    Raises:
        ValueError: there are fewer than two queries.
    """
    queries = range(len(present))
    if len(queries) < 2:
        raise ValueError("A weight cannot be chosen on some queries and tried on others: there is only one.")
    by_query: list[list[float]] = [[] for _ in queries]
    random = Random(seed)  # noqa: S311 - no secret hangs on it
    for _ in range(REPEATS):
        for held_out in _divide(queries, random):
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


def _divide(queries: Sequence[int], random: Random) -> Iterator[set[int]]:
    shuffled = random.sample(queries, len(queries))
    return (set(shuffled[fold::FOLDS]) for fold in range(min(FOLDS, len(queries))))


def _choose(scores: Sequence[Sequence[float]], queries: Sequence[int]) -> int:
    """Return the position of the best weight. Of equals the middle one, which is the furthest from being worse."""
    means = [fmean(of_weight[query] for query in queries) for of_weight in scores]
    best = max(means)
    equals = [position for position, mean in enumerate(means) if best - mean < 1e-9]
    return equals[len(equals) // 2]
