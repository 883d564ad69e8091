"""Reads test collections in the layout of BEIR (Thakur et al., NeurIPS 2021): documents, queries, judgments."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from wagtail_vector_search.evaluation.scores import Grades

from ..documents import Document


@dataclass(frozen=True, slots=True)
class Collection:
    """A test collection."""

    folder: Path
    #: Name of the folder.
    name: str
    #: Keys of the documents, in the order of ``documents()``.
    ids: tuple[str, ...]
    #: Text by id; only those that have a relevant document.
    queries: Mapping[str, str]
    #: Grades by the query's id.
    judgments: Mapping[str, Grades[str]]

    def documents(self) -> Iterator[Document]:
        """Read the documents, one at a time."""
        for row in _read_lines(self.folder / "corpus.jsonl"):
            yield Document(row.get("title") or "", row.get("text") or "")


def read_collection(folder: Path, *, most_queries: int = 0) -> Collection:
    """Read a collection from ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/test.tsv``.

    Args:
        folder: that holds these files.
        most_queries: draw so many queries, always the same, if there are more; 0 takes all.

    Raises:
        FileNotFoundError: one of the files is missing.
        ValueError: no query has a relevant document in the collection.
    """
    ids = tuple(str(row["_id"]) for row in _read_lines(folder / "corpus.jsonl"))
    judgments = _read_judgments(folder / "qrels" / "test.tsv")
    texts = {str(row["_id"]): row["text"] for row in _read_lines(folder / "queries.jsonl")}
    judged = [query_id for query_id in texts if any(grade > 0 for grade in judgments.get(query_id, {}).values())]
    if not judged:
        raise ValueError(f"{folder}: no query of queries.jsonl has a relevant document in qrels/test.tsv.")
    if 0 < most_queries < len(judged):
        judged = Random(0).sample(judged, most_queries)
    return Collection(folder, folder.resolve().name, ids, {key: texts[key] for key in judged}, judgments)


def _read_lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _read_judgments(file: Path) -> dict[str, dict[str, int]]:
    judgments: dict[str, dict[str, int]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for query_id, document_id, grade, *_ in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if grade.lstrip("-").isdigit():  # the first line names the columns
                judgments.setdefault(query_id, {})[document_id] = int(grade)
    return judgments
