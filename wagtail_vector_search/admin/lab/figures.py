"""How well each search backend does on the judgments made so far, for a small chart."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from modelsearch.backends import get_search_backend

from ...backends.base import BaseVectorSearchBackend
from ...evaluation import BackendScores, Evaluation, choose_backends, evaluate
from ...evaluation import read_judgments as read_file
from ...exceptions import EvaluationError
from ..explaining import BOTH, MEANING, WORDS
from ..permissions import explorable_pages
from .judgments import Judgment, latest_queries, write_csv

#: Queries that figures are computed over: with four backends that is two hundred searches while somebody waits.
MAX_QUERIES = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """What one search backend has reached."""

    #: What it does, for who has not set it up.
    name: str
    #: The figures.
    scores: BackendScores
    #: Whether none has a higher nDCG.
    is_best: bool

    @property
    def percent(self) -> int:
        """Its nDCG, 0 to 100."""
        return round(100 * self.scores.ndcg)

    @property
    def recall_percent(self) -> int:
        """Share of the good pages that are among the first results, 0 to 100."""
        return round(100 * self.scores.recall)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the judgments say."""

    #: By these judgments.
    evaluation: Evaluation
    #: Number of judgments that do not count.
    uncounted: int
    #: Whether there are more queries than are computed over.
    is_cut: bool

    @property
    def bars(self) -> list[Bar]:
        """One a backend, in the order of the settings."""
        best = self.evaluation.best
        return [Bar(_name(scores.backend), scores, scores is best) for scores in self.evaluation.backends]

    @property
    def query_count(self) -> int:
        """Number of queries that count."""
        return len(self.evaluation.judgments.queries)

    @property
    def degraded(self) -> int:
        """Number of searches that went on with words alone."""
        return sum(scores.degraded for scores in self.evaluation.backends)


def compute_figures(judgments: Sequence[Judgment], user: Any) -> Figures:
    """Ask every search backend the queries that were judged last, among the pages that a user may explore.

    The searches stay within the budget and the deadline that those of visitors have.

    Args:
        judgments: Of any queries and pages.
        user: Who uses the lab.

    Raises:
        EvaluationError: no query has a page that counts and is not bad.
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


def _name(backend: str) -> str:
    engine = get_search_backend(backend)
    if not isinstance(engine, BaseVectorSearchBackend):
        return _("Another search, such as Wagtail's own")
    return str(next(way.label for way in (WORDS, MEANING, BOTH) if way.legs is engine.legs))
