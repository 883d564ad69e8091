"""Ratings given in the lab: from the browser that keeps them to the file of ``evaluate_search``, and to a chart."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from modelsearch.backends import get_search_backend

from ...backends.base import BaseVectorSearchBackend
from ...content import clean_line
from ...evaluation import BackendScores, Evaluation, choose_backends, evaluate
from ...evaluation import read_judgments as read_file
from ...exceptions import EvaluationError
from ..explaining import BOTH, MEANING, WORDS
from ..page_keys import read_page_key
from ..permissions import explorable_pages

#: The ratings of a result, as ``evaluate_search`` calls them.
GRADES = ("good", "fair", "bad")

#: Judgments that one file holds.
MAX_JUDGMENTS = 2000

#: Queries that figures are computed over: with four backends that is two hundred searches while an editor waits.
MAX_QUERIES = 50

#: With fewer queries the difference between two backends is mostly chance, and none is called the best.
ENOUGH_QUERIES = 30

_COLUMNS = ("query", "page", "grade")
_MAX_QUERY_LENGTH = 1000


class Judgment(NamedTuple):
    """How well an editor thinks that a page answers a query."""

    #: As it was typed, in one line.
    query: str
    #: Primary key of the page.
    page: Any
    #: One of ``GRADES``.
    grade: str


def read_judgments(text: str) -> list[Judgment]:
    """Read what the browser has kept: a JSON array of objects with query, page and grade.

    Returns:
        Each page of a query once, with the grade that it was given last; in the order of the first judgments.

    Raises:
        ValidationError: it is anything else, empty, or too much; the message is for the editor.
    """
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, list):
        raise _unreadable()
    if not entries:
        raise ValidationError(_("Nothing has been rated yet."))
    if len(entries) > MAX_JUDGMENTS:
        raise ValidationError(
            ngettext(
                "One file holds no more than %(most)d rating.",
                "One file holds no more than %(most)d ratings.",
                MAX_JUDGMENTS,
            )
            % {"most": MAX_JUDGMENTS}
        )
    judgments = map(_read, entries)
    return [Judgment(*key, grade) for key, grade in {(query, page): grade for query, page, grade in judgments}.items()]


def write_csv(judgments: Iterable[Judgment]) -> str:
    """Return judgments as ``manage.py evaluate_search`` reads them.

    Everything is quoted: a query may begin with the sign of a comment, or hold a comma.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(judgments)
    return file.getvalue()


def latest_queries(judgments: Iterable[Judgment], most: int) -> list[Judgment]:
    """Return the judgments of the queries that were judged last.

    Args:
        judgments: In the order in which they were made.
        most: Queries to keep.
    """
    every = list(judgments)
    queries = list(dict.fromkeys(judgment.query for judgment in reversed(every)))[:most]
    return [judgment for judgment in every if judgment.query in queries]


def _read(entry: Any) -> Judgment:
    match entry:
        case {"query": str(query), "page": str(page), "grade": str(grade)} if grade in GRADES:
            with suppress(ValueError):
                if text := clean_line(query[:_MAX_QUERY_LENGTH]):
                    return Judgment(text, read_page_key(page), grade)
    raise _unreadable()


def _unreadable() -> ValidationError:
    return ValidationError(_("The ratings cannot be read."))


@dataclass(frozen=True, slots=True)
class BackendFigures:
    """What one search backend has reached."""

    scores: BackendScores
    #: Whether some other has a lower nDCG, and none a higher one.
    is_best: bool

    @property
    def name(self) -> str:
        """What kind of search it is, for editors."""
        backend = get_search_backend(self.scores.backend)
        if not isinstance(backend, BaseVectorSearchBackend):
            return _("Wagtail's search")
        return str(next(way.label for way in (WORDS, MEANING, BOTH) if way.legs is backend.legs))

    @property
    def percent(self) -> int:
        """Its nDCG at 10, 0 to 100."""
        return round(100 * self.scores.ndcg)

    @property
    def recall_percent(self) -> int:
        """Share of the good pages that are among the first results, 0 to 100."""
        return round(100 * self.scores.recall)


@dataclass(frozen=True, slots=True)
class Figures:
    """What every search backend has reached on the judgments."""

    evaluation: Evaluation
    #: Number of judgments that do not count.
    uncounted: int
    #: Whether there are more queries than are computed over.
    is_cut: bool

    @property
    def backends(self) -> list[BackendFigures]:
        """In the order of the settings. Backends that tie are all the best, unless no backend is worse."""
        reached = [round(scores.ndcg, 9) for scores in self.evaluation.backends]
        best = max(reached) if self.is_enough and len(set(reached)) > 1 else None
        return [
            BackendFigures(scores, ndcg == best) for scores, ndcg in zip(self.evaluation.backends, reached, strict=True)
        ]

    @property
    def is_enough(self) -> bool:
        """Whether there are enough queries to tell a difference from chance."""
        return self.query_count >= ENOUGH_QUERIES

    @property
    def query_count(self) -> int:
        """Number of queries that count."""
        return len(self.evaluation.judgments.queries)

    @property
    def degraded(self) -> int:
        """Number of searches that used words only."""
        return sum(scores.degraded for scores in self.evaluation.backends)


def compute_figures(judgments: Sequence[Judgment], user: Any) -> Figures:
    """Search with every backend for the queries that were judged last, among the pages that a user may explore.

    The searches have the budget and the deadline of visitors' searches.

    Args:
        judgments: Of any queries and pages.
        user: Of the lab.

    Raises:
        EvaluationError: no query has a page that the user may explore and that is good or fair.
    """
    pages = explorable_pages(user)
    latest = latest_queries(judgments, MAX_QUERIES)
    explorable = set(
        pages.filter(pk__in={judgment.page for judgment in latest}).order_by().values_list("pk", flat=True)
    )
    counted = [judgment for judgment in latest if judgment.page in explorable]
    read = read_file(io.StringIO(write_csv(counted)))
    if not read.queries:
        raise EvaluationError
    evaluation = evaluate(read, choose_backends(), among=pages, within_budget=True)
    queries = {judgment.query for judgment in judgments}
    return Figures(evaluation, len(latest) - read.count, len(queries) > MAX_QUERIES)
