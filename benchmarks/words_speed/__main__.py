"""The command; see ``--help``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from html import escape
from math import inf
from pathlib import Path
from random import Random
from typing import Any

from ..documents import Document
from ..measures import percentile
from ..relevance.beir import Collection, read_collection
from ..reporting import machine_line, print_table, write_json
from .pages import replicate, vary, words_of

#: Share of the pages that are edited.
EDITED = 0.3
#: Queries that one checkout is asked before the other one is.
TURN = 10
#: Times that each query is asked; the least counts, as other processes may be running.
REPEATS = 3
WARM_UP = 20
#: What is timed: the backend, or the keyword leg without loading a page.
BACKENDS = {"keyword leg": "", "keyword search": "keyword", "hybrid search": "hybrid"}

HERE = Path(__file__).resolve().parents[2]
Ask = Callable[..., dict[str, Any]]


def main() -> None:
    """Measure, print, write."""
    options = _parse()
    collections = [read_collection(folder) for folder in options.folders]
    checkouts = {"this": HERE, **({"before": options.against.resolve()} if options.against else {})}
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    os.environ["DATABASE_URL"] = _server()
    import django

    django.setup()
    print(f"{machine_line()}\n", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sides = {name: stack.enter_context(_serve(checkout)) for name, checkout in checkouts.items()}
        found = _measure(sides, collections, options, folder)
    _print(found, options.pages)
    write_json(options.json, found)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.words_speed",
        description="Measure building and searching by words on real text, beside another checkout in the same run.",
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="collections in BEIR layout")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="another checkout of this repository")
    parser.add_argument("--pages", type=int, default=10_000, help="size of the site (10000)")
    parser.add_argument("--rounds", type=int, default=3, help="builds of each checkout (3)")
    parser.add_argument("--json", default="", metavar="OUT", help="write the results here")
    return parser.parse_args()


def _server() -> str:
    """Return the address of one server for all checkouts; it runs as long as this process."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    from testproject.embedded_postgres import database_url

    return database_url(HERE / ".data" / "postgres", "postgres")


@contextmanager
def _serve(checkout: Path) -> Iterator[Ask]:
    """Start a checkout in a process of its own, and yield a function that asks it for something."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", str(Path(__file__).with_name("side.py"))],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(do: str, **request: Any) -> dict[str, Any]:
        assert process.stdin
        assert process.stdout
        print(json.dumps({"do": do, **request}), file=process.stdin, flush=True)
        found: dict[str, Any] = json.loads(process.stdout.readline())
        return found

    with process:
        yield ask


def _measure(
    sides: Mapping[str, Ask], collections: Sequence[Collection], options: argparse.Namespace, folder: Path
) -> dict[str, Any]:
    documents = [document for collection in collections for document in collection.documents()]
    queries = [query for collection in collections for query in collection.queries.values()]
    pages = list(replicate(documents, options.pages))
    built, edits = folder / "pages.jsonl", folder / "edits.jsonl"
    _write(built, ([page.title, page.text] for page in pages))
    _write(edits, _edits(pages, words_of(documents)))
    builds: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for number in range(options.rounds):
        for name in _in_turn(sides, number):
            builds[name].append(sides[name]("build", pages=str(built)))
            print(
                "update_vector_index, {name}: {seconds:.1f} s, {processor:.1f} s of them in Python".format(
                    name=name, **builds[name][-1]
                ),
                flush=True,
            )
    states = {"just built": _search(sides, queries)}
    for ask in sides.values():
        ask("vacuum")
    states["vacuumed"] = _search(sides, queries)
    edited = {name: ask("edit", pages=str(edits)) for name, ask in sides.items()}
    states[f"{EDITED:.0%} edited"] = _search(sides, queries)
    return {"pages": options.pages, "builds": builds, "edited": edited, "states": states}


def _write(file: Path, rows: Iterator[Sequence[Any]]) -> None:
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


def _edits(pages: Sequence[Document], words: Sequence[str]) -> Iterator[Sequence[Any]]:
    """Yield the numbers of pages that are edited, and their new bodies."""
    random = Random(1)
    for number in sorted(random.sample(range(len(pages)), round(EDITED * len(pages)))):
        yield number, f"<p>{escape(vary(pages[number], words, random).text, quote=False)}</p>"


def _search(sides: Mapping[str, Ask], queries: Sequence[str]) -> dict[str, Any]:
    """Return by what is timed, then by checkout, the least ms of each query and its statements."""
    return {label: _search_by(backend, sides, queries) for label, backend in BACKENDS.items()}


def _search_by(backend: str, sides: Mapping[str, Ask], queries: Sequence[str]) -> dict[str, Any]:
    found: dict[str, dict[str, list[float]]] = {
        name: {"ms": [inf] * len(queries), "statements": [0] * len(queries)} for name in sides
    }
    for ask in sides.values():
        ask("search", queries=queries[:WARM_UP], backend=backend)
    for repeat in range(REPEATS):
        for turn, start in enumerate(range(0, len(queries), TURN), repeat):
            part = slice(start, start + TURN)
            for name in _in_turn(sides, turn):
                answer, own = sides[name]("search", queries=queries[part], backend=backend), found[name]
                own["ms"][part] = map(min, own["ms"][part], answer["ms"])
                own["statements"][part] = answer["statements"]
    return found


def _in_turn(sides: Mapping[str, Ask], number: int) -> list[str]:
    """Return the names of the checkouts, now one first and now the other."""
    return list(sides)[:: 1 if number % 2 else -1]


def _print(found: Mapping[str, Any], pages: int) -> None:
    builds = found["builds"]
    names = list(builds)
    rows: list[list[Any]] = [
        _row(f"update_vector_index, {label}", [min(build[unit] for build in builds[name]) for name in names])
        for unit, label in (("seconds", "s"), ("processor", "s of Python's processor time"))
    ]
    rows.append(_row(f"{EDITED:.0%} edited, worker, s", [found["edited"][name]["seconds"] for name in names]))
    for state, backends in found["states"].items():
        for backend, sides in backends.items():
            for unit, share, label in (
                ("ms", 0.5, "p50 ms"),
                ("ms", 0.95, "p95 ms"),
                ("statements", 0.5, "statements"),
            ):
                values = [percentile(sides[name][unit], share) for name in names]
                rows.append(_row(f"{backend}, {state}, {label}", values))
    print_table(f"{pages:,} pages of real text", ["", *names, *(["ratio"] if len(names) > 1 else [])], rows)


def _row(label: str, values: Sequence[float]) -> list[Any]:
    ratio = [f"{values[0] / values[1]:.2f}"] if len(values) > 1 else []
    return [label, *values, *ratio]


if __name__ == "__main__":
    main()
