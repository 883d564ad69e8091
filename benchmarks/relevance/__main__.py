"""The command; see ``--help``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any

from ..reporting import machine_line, print_table, write_json
from ..scratch import benchmark_site
from .beir import read_collection
from .evaluation import TYPOS, UNANSWERABLE, evaluate
from .reference import REFERENCES
from .scores import METRICS, Scores
from .systems import LABELS, SYSTEMS

Results = Mapping[str, Scores]


def main() -> None:
    """Measure, print, write."""
    options = _parse()
    with benchmark_site(options.provider, options.model) as template:
        print(f"{machine_line()}\nnDCG with gain 2^grade - 1. In brackets: 95 % paired bootstrap interval.\n")
        results: dict[str, Results] = {}
        for folder in options.folders:
            collection = read_collection(folder, most_queries=options.queries)
            started = perf_counter()
            results[collection.name] = found = evaluate(collection, options.systems, template, typos=options.typos)
            size = f"{len(collection.ids):,} documents, {len(collection.queries):,} queries"
            _print(f"{collection.name}: {size} ({perf_counter() - started:.0f} s)", found)
        if len(results) > 1:
            _print_means(results)
        write_json(options.json, _as_dict(options, results))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.relevance", description="Measure relevance on collections in BEIR layout."
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="holds corpus.jsonl and the others")
    parser.add_argument("--provider", default="", help="dotted path of an embedding provider (LLMProvider)")
    parser.add_argument("--model", default="", help="its model (wordllama)")
    parser.add_argument(
        "--backend", action="append", dest="systems", choices=SYSTEMS, help="only this one; may be repeated (all)"
    )
    parser.add_argument(
        "--reference", action="store_true", help="also measure BM25 of bm25s, and RRF of it and semantic (extra: bench)"
    )
    parser.add_argument("--queries", type=int, default=0, help="draw so many of a collection's queries (all)")
    parser.add_argument("--typos", action="store_true", help="also ask each query with one and two typing errors")
    parser.add_argument("--json", default="", metavar="OUT", help="write the results here")
    options = parser.parse_args()
    options.systems = [*(options.systems or SYSTEMS), *(REFERENCES if options.reference else ())]
    return options


def _print(title: str, results: Results) -> None:
    best = results.get("hybrid")
    columns = ["", *METRICS, "hybrid minus this", *(f"results, {kind}" for kind in UNANSWERABLE)]
    has_typos = any(scores.typos for scores in results.values())
    columns += [f"nDCG@10, {edits} typo{'s' * (edits > 1)}" for edits in TYPOS] if has_typos else []
    rows = []
    for name, scores in results.items():
        row = [LABELS[name], *(_digits(scores.mean(metric)) for metric in METRICS)]
        row.append(_difference(scores, best) if best and scores is not best else "")
        row += [f"{count:.1f}" for count in scores.unanswerable.values()]
        row += [_digits(scores.typos[edits]) if edits in scores.typos else "" for edits in TYPOS if has_typos]
        rows.append(row)
    print_table(title, columns, rows)
    for name, scores in results.items():
        if scores.degraded:
            print(f"{LABELS[name]}: {scores.degraded} searches were answered without vectors.\n")
        if scores.failed:
            print(f"{LABELS[name]}: {scores.failed} searches raised RecursionError: too many words.\n")


def _print_means(results: Mapping[str, Results]) -> None:
    systems = next(iter(results.values()))
    rows = [
        [
            LABELS[name],
            *(_digits(fmean(found[name].mean(metric) for found in results.values())) for metric in METRICS),
        ]
        for name in systems
    ]
    print_table(f"Mean over {len(results)} collections", ["", *METRICS], rows)


def _difference(scores: Scores, best: Scores) -> str:
    mean, low, high = scores.behind(best)
    return f"{mean:+.4f} [{low:+.4f}, {high:+.4f}]"


def _digits(score: float) -> str:
    return f"{score:.4f}"


def _as_dict(options: argparse.Namespace, results: Mapping[str, Results]) -> dict[str, Any]:
    collections: dict[str, Any] = {}
    for collection, found in results.items():
        best = found.get("hybrid")
        collections[collection] = {
            name: {**scores.as_dict(), "hybrid_minus_this": scores.behind(best)._asdict() if best else None}
            for name, scores in found.items()
        }
    return {"gain": "2^grade - 1", "model": options.model or "wordllama", "collections": collections}


if __name__ == "__main__":
    main()
