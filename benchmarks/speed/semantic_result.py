"""Times and recalls of the semantic leg and of queries written by hand. Pure."""

from __future__ import annotations

from dataclasses import dataclass

#: Recall that is as good as exact.
RECALL = 0.98


@dataclass(frozen=True, slots=True)
class SemanticResult:
    """Median times in ms, and recalls, at one filter level."""

    leg: float
    leg_recall_10: float
    leg_recall_100: float
    hnsw: float
    hnsw_recall_10: float
    hnsw_recall_100: float
    scan: float

    @property
    def by_hand(self) -> float:
        """The quicker of the two ways by hand that finds as much as the leg does; the scan is exact."""
        pairs = ((self.hnsw_recall_10, self.leg_recall_10), (self.hnsw_recall_100, self.leg_recall_100))
        good = all(by_hand >= min(leg, RECALL) for by_hand, leg in pairs)
        return min(self.hnsw, self.scan) if good else self.scan

    @property
    def ratio(self) -> float:
        """The time of the leg, as a multiple of that by hand."""
        return self.leg / self.by_hand
