"""What people think of pages as answers to queries. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .scores import Grades


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query, and how well pages answer it."""

    #: What a visitor types.
    text: str
    #: Of the locale whose pages are searched; empty on a site without locales, where all are.
    language_code: str
    #: By the primary key of the page: 0 is bad, 3 is the best; at least one is above 0.
    grades: Grades[Any]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A judgment that does not count."""

    #: Its line in the file.
    line: int
    query: str
    #: As it was typed.
    page: str
    #: Why it does not count, as half a sentence.
    reason: str

    def __str__(self) -> str:
        return f'Line {self.line}: "{self.query}", {self.page}: {self.reason}'


@dataclass(frozen=True, slots=True)
class Judgments:
    """The judgments of a file."""

    #: The queries with a page that answers them, in the order of the file.
    queries: tuple[JudgedQuery, ...]
    #: The judgments that do not count, in the order of the lines.
    left_out: tuple[LeftOut, ...] = ()

    @property
    def count(self) -> int:
        """Number of judgments that count."""
        return sum(len(query.grades) for query in self.queries)
