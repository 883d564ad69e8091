"""What people think of pages as answers to queries. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .metrics import Grades


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query, and how well pages answer it.

    Args:
        text: What a visitor types.
        language_code: Of the locale whose pages are searched; empty on a site without locales, where all are.
        grades: By the primary key of the page: 0 is bad, 3 is the best; at least one is above 0.
    """

    text: str
    language_code: str
    grades: Grades[Any]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A judgment that counts for nothing.

    Args:
        line: Where it stands.
        query: Of the judgment.
        page: As it was typed.
        reason: Why it is left out, as half a sentence.
    """

    line: int
    query: str
    page: str
    reason: str

    def __str__(self) -> str:
        return f'Line {self.line}: "{self.query}", {self.page}: {self.reason}'


@dataclass(frozen=True, slots=True)
class Judgments:
    """All that was judged.

    Args:
        queries: Those with a page that answers them, in the order of the file.
        left_out: What could not be counted, in the order of the lines.
    """

    queries: tuple[JudgedQuery, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def count(self) -> int:
        """Number of judgments that count."""
        return sum(len(query.grades) for query in self.queries)
