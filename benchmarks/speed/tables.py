"""Prints what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..reporting import print_table
from ..site.systems import SYSTEMS
from .measuring import SiteResult

LABELS = {**{name: system.label for name, system in SYSTEMS.items()}, "related": "related pages"}


def print_site(site: SiteResult) -> None:
    """Print all tables of one size."""
    _print_searches(site)
    _print_filters(site)
    _print_semantic(site)
    _print_indexing(site)


def _print_searches(site: SiteResult) -> None:
    baseline = site.searches["wagtail"].p50
    rows = [
        [LABELS[name], timing.p50, timing.p95, f"{timing.p50 / baseline:.2f}", timing.statements,
         _percent(timing.sql_share), _percent(site.model_ms / timing.p50) if name in ("hybrid", "semantic") else None]
        for name, timing in site.searches.items()
    ]  # fmt: skip
    columns = ["10 results", "p50 ms", "p95 ms", "x Wagtail", "statements", "in SQL", "in the model"]
    print_table(f"{site.pages:,} pages, {site.pages * site.chunks_per_page:,.0f} chunks: searches", columns, rows)


def _print_filters(site: SiteResult) -> None:
    shares = list(next(iter(site.filtered.values())))
    rows = [
        [LABELS[name], *(f"{timing.p50:.1f} / {timing.p95:.1f}" for timing in timings.values())]
        for name, timings in site.filtered.items()
    ]
    print_table(f"{site.pages:,} pages: p50 / p95 ms, by the share a filter keeps", ["", *shares], rows)


def _print_semantic(site: SiteResult) -> None:
    rows = [
        [share, result.leg, _recall(result.leg_recall_10, result.leg_recall_100), result.hnsw,
         _recall(result.hnsw_recall_10, result.hnsw_recall_100), result.scan, f"{result.ratio:.2f}"]
        for share, result in site.semantic.items()
    ]  # fmt: skip
    columns = [
        "pages kept", "semantic leg ms", "recall@10 / 100", "pgvector HNSW ms", "recall@10 / 100", "pgvector scan ms",
        "leg / by hand",
    ]  # fmt: skip
    print_table(f"{site.pages:,} pages: 100 nearest pages, beside the same query by hand", columns, rows)


def _print_indexing(site: SiteResult) -> None:
    first, again = site.building["first"], site.building["again"]
    rate = site.pages / first["seconds"]
    ceilings, publish = site.ceilings, site.publishing
    added = publish["ms"]  # the median of the differences, and the quartiles
    rows: list[Sequence[Any]] = [
        ["update_vector_index, first", f"{rate:,.0f} pages/s"],
        ["the provider alone", f"{ceilings.provider:,.0f} pages/s"],
        ["COPY alone / with HNSW", f"{ceilings.copy:,.0f} / {ceilings.copy_and_index:,.0f} pages/s"],
        ["the model's own library", f"{ceilings.embedding_by_hand:,.0f} pages/s"],
        ["by hand: that, COPY, HNSW", f"{ceilings.by_hand:,.0f} pages/s"],
        ["update / by hand", f"{rate / ceilings.by_hand:.2f}"],
        ["Wagtail's update_index", f"{site.pages / site.wagtail_index_seconds:,.0f} pages/s"],
        ["nothing changed", f"{site.pages / again['seconds']:,.0f} pages/s"],
        ["  statements", f"{again['statements']} ({again['statements'] / (site.pages / 200):.1f} for 200 pages)"],
        ["  calls of the provider", again["provider_calls"]],
        ["memory before / at the peak", f"{site.building['before_mb']:.0f} / {site.building['peak_mb']:.0f} MB"],
        ["a publish without the package", f"{publish['ms']['without']:.1f} ms"],
        ["  added by it", f"{added['added']:+.1f} ({added['low']:+.1f} to {added['high']:+.1f}) ms"],
        ["  statements without / with", " / ".join(map(str, publish["statements"]))],
        ["  searchable after", f"{publish['searchable_ms']:.1f} ms"],
    ]
    if site.throttled is not None:
        rows.append(["share of a provider of 200 texts/s", _percent(site.throttled)])
    print_table(f"{site.pages:,} pages: indexing", ["", "measured"], rows)


def print_startup(startup: dict[str, Any]) -> None:
    """Print what importing the app adds."""
    loaded = ", ".join(startup["loaded"]) or "none"
    setup, ready = (f"{before:.0f} / {after:.0f} ms" for before, after in (startup["setup"], startup["ready"]))
    print(
        f"Start-up without / with the app, processor time: {setup} for django.setup(), {ready} until the addresses of "
        f"Wagtail's admin and the templates are there, too; heavy packages loaded: {loaded}.\n"
    )


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _recall(ten: float, hundred: float) -> str:
    return f"{ten:.3f} / {hundred:.3f}"
