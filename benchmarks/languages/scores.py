"""What is kept and what is lost on a site in one language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean, median
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that one page answers, asked of both searches."""

    query: str
    #: Place of the page from 1, by search; 0 when it is not a result.
    places: dict[str, int]
    #: Number of results by search.
    results: dict[str, int]

    @property
    def is_lost(self) -> bool:
        """Whether ``hybrid`` leaves out the page that ``keyword`` has found."""
        return self.places["keyword"] > 0 and self.places["hybrid"] == 0


@dataclass(slots=True)
class LanguageScores:
    """The scores of a site."""

    pages: int
    titles: list[Asked] = field(default_factory=list)
    words: list[Asked] = field(default_factory=list)
    #: Number of results of each off-topic query, by search.
    off_topic: dict[str, list[int]] = field(default_factory=dict)
    background_similarity: float | None = None
    title_similarity: float | None = None
    #: Searches that were answered without vectors.
    degraded: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return everything, as JSON takes it, with the figures of the tables."""
        figures = {
            name: {
                "titles first": first(self.titles, name),
                "titles lost": missing(self.titles, name),
                "words first": first(self.words, name),
                "words lost": missing(self.words, name),
                "words that show nothing": nothing(self.words, name),
                "results of a word, median": typical_results(self.words, name),
                "results off-topic, mean": mean_results(self.off_topic[name]),
            }
            for name in self.off_topic
        }
        return {"figures": figures, **asdict(self)}


def first(asked: Sequence[Asked], name: str) -> int:
    """Return for how many queries a search has the page first."""
    return sum(query.places[name] == 1 for query in asked)


def missing(asked: Sequence[Asked], name: str) -> int:
    """Return for how many queries a search does not have the page."""
    return sum(query.places[name] == 0 for query in asked)


def lost(asked: Sequence[Asked]) -> int:
    """Return for how many queries ``hybrid`` leaves out the page that ``keyword`` has."""
    return sum(query.is_lost for query in asked)


def nothing(asked: Sequence[Asked], name: str) -> int:
    """Return for how many queries a search has no result at all."""
    return sum(query.results[name] == 0 for query in asked)


def typical_results(asked: Sequence[Asked], name: str) -> float | None:
    """Return the median number of results; ``None`` where nothing was asked."""
    return float(median(query.results[name] for query in asked)) if asked else None


def mean_results(counts: Sequence[int]) -> float | None:
    """Return the mean number of results; ``None`` where nothing was asked."""
    return fmean(counts) if counts else None
