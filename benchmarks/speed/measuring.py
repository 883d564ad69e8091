"""Everything that is measured of one size of site."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..scratch import scratch_database, vacuum
from .processes import peak_memory, run
from .publishing import measure_publishing
from .synthetic import Corpus

QUERIES = 100


@dataclass(frozen=True, slots=True)
class SiteResult:
    """What was measured of a site; see the modules that measured it for the units."""

    pages: int
    chunks_per_page: float
    model_ms: float
    searches: dict[str, Any]
    filtered: dict[str, dict[str, Any]]
    semantic: dict[str, Any]
    building: dict[str, Any]
    wagtail_index_seconds: float
    ceilings: Any
    publishing: dict[str, Any]
    peak_mb: float
    #: Share of the rate of a slow provider that an update reaches; ``None`` when not measured.
    throttled: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON takes it."""
        found = asdict(self)
        found["semantic"] = {
            share: {**asdict(result), "by_hand": result.by_hand, "ratio": result.ratio}
            for share, result in self.semantic.items()
        }
        return found


def measure_site(pages: int, template: str, *, throttled: float | None) -> SiteResult:
    """Make a site of synthetic pages and measure it.

    Args:
        pages: number of pages.
        template: the migrated database to copy.
        throttled: what ``measure_throttled`` has found, if it was measured.
    """
    from ..site.filling import create_pages, fill_wagtail_index
    from .ceilings import measure_ceilings
    from .searches import time_filtered_searches, time_model, time_searches
    from .semantic import compare_semantic_leg
    from .timing import time_call

    corpus = Corpus(pages)
    queries = corpus.queries(QUERIES)
    with scratch_database(template):
        create_pages(corpus.documents())
        building = run("building")
        wagtail_index_seconds = time_call(fill_wagtail_index) / 1000
        ceilings = measure_ceilings()
        vacuum()
        return SiteResult(
            pages=pages,
            chunks_per_page=ceilings.chunks_per_page,
            model_ms=time_model(queries),
            searches=time_searches(queries),
            filtered=time_filtered_searches(queries),
            semantic=compare_semantic_leg(queries),
            building=building,
            wagtail_index_seconds=wagtail_index_seconds,
            ceilings=ceilings,
            publishing=measure_publishing(),
            peak_mb=peak_memory(),
            throttled=throttled,
        )


def measure_throttled(template: str) -> float:
    """Build the first index of another site with a slow provider; return the share of its rate that is reached."""
    from ..site.filling import create_pages
    from .throttled import PAGES, measure_with_throttled_provider

    with scratch_database(template):
        create_pages(Corpus(PAGES).documents())
        return measure_with_throttled_provider()


def measure_startup(rounds: int = 20) -> dict[str, Any]:
    """Return what the package adds to the processor time of a start, and the heavy packages that it loads.

    The least times are compared, as other processes may add a tenth to a start.
    """
    without: list[dict[str, Any]] = []
    with_package: list[dict[str, Any]] = []
    for number in range(rounds):
        for found, missing in ((without, True), (with_package, False))[:: 1 if number % 2 else -1]:
            found.append(run("startup", without_package=missing))
    least = {
        name: [min(found[name] for found in side) for side in (without, with_package)] for name in ("setup", "ready")
    }
    return {**least, "loaded": with_package[-1]["loaded"]}
