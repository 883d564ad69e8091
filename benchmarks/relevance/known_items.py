"""Makes test collections in which each query has one right answer: a part of a document, which is taken out of it.

``python -m benchmarks.relevance.known_items OUT DIR...`` writes, in the layout of BEIR:

- for each DIR, ``NAME-title``: a title asks for its text, and ``NAME-claim``: a last sentence for the text before it;
- ``docstrings``: the first line of a docstring of this Python's standard library asks for the rest.

Authors repeat their words, so these favour the keyword leg more than a visitor's questions do. They show whether what
helps a topic of many documents harms a search for one.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import re
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from .beir import read_collection

#: Queries drawn from each collection.
QUERIES = 300
#: Docstrings drawn.
DOCSTRINGS = 1500

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
_SHORTEST_TITLE, _LONGEST_TITLE, _SHORTEST_TEXT, _SENTENCES = 4, 25, 25, 3


class Item(NamedTuple):
    """A document."""

    title: str
    #: The text without the query.
    text: str
    #: The query that it answers; empty for a document that only makes the others harder to find.
    query: str


def items_by_title(documents: Iterable[tuple[str, str]]) -> list[Item]:
    """Take the title out of each document, as the query where it has four words or more."""
    return [Item("", text, title if _words(title) >= _SHORTEST_TITLE else "") for title, text in documents if text]


def items_by_claim(documents: Iterable[tuple[str, str]]) -> list[Item]:
    """Take the last sentence out of each document that has three or more, as the query."""
    return [_without_last_sentence(title, " ".join(text.split())) for title, text in documents if text]


def _without_last_sentence(title: str, text: str) -> Item:
    *before, last = _SENTENCE_END.split(text)
    if len(before) + 1 < _SENTENCES or _words(last) < _SHORTEST_TITLE:
        return Item(title, text, "")
    return Item(title, " ".join(before), last)


def items_by_docstring(sources: Iterable[str]) -> list[Item]:
    """Take the first line out of the docstrings of modules, as the query."""
    found: dict[str, Item] = {}
    for docstring in (docstring for source in sources for docstring in _docstrings(source)):
        summary, _, text = docstring.partition("\n\n")
        query = " ".join(summary.split())
        if _SHORTEST_TITLE <= _words(query) <= _LONGEST_TITLE and _words(text) >= _SHORTEST_TEXT:
            found.setdefault(query, Item("", text, query))
    return list(found.values())


def _docstrings(source: str) -> Iterator[str]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented) and (docstring := ast.get_docstring(node)):
            yield docstring


def _words(text: str) -> int:
    return len(text.split())


def write(folder: Path, items: Sequence[Item]) -> None:
    """Write a collection, with at most ``QUERIES`` of its queries, always the same."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    asked = [str(number) for number, item in enumerate(items) if item.query]
    asked = Random(0).sample(asked, min(QUERIES, len(asked)))  # no secret
    documents = ({"_id": str(key), "title": item.title, "text": item.text} for key, item in enumerate(items))
    _write_lines(folder / "corpus.jsonl", documents)
    _write_lines(folder / "queries.jsonl", ({"_id": key, "text": items[int(key)].query} for key in asked))
    with (folder / "qrels" / "test.tsv").open("w", encoding="utf-8", newline="") as file:
        rows = [("query-id", "corpus-id", "score"), *((key, key, "1") for key in asked)]
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)


def _write_lines(path: Path, rows: Iterable[dict[str, str]]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def main() -> None:
    """Write every collection."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relevance.known_items", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write to")
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="collections in BEIR layout")
    options = parser.parse_args()
    for folder in options.folders:
        collection = read_collection(folder)
        documents = [(document.title, document.text) for document in collection.documents()]
        write(options.out / f"{collection.name}-title", items_by_title(documents))
        write(options.out / f"{collection.name}-claim", items_by_claim(documents))
    library = Path(sysconfig.get_path("stdlib"))
    sources = (path.read_text(encoding="utf-8") for path in sorted(library.glob("*.py")))
    items = items_by_docstring(sources)
    write(options.out / "docstrings", Random(0).sample(items, min(DOCSTRINGS, len(items))))


if __name__ == "__main__":
    main()
