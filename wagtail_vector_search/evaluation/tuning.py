"""Finds the weight of the semantic leg that suits a site's own judgments best."""

from __future__ import annotations

from typing import Any

from ..conf import DEFAULT_INDEX, get_index_settings
from ..exceptions import EvaluationError, IndexNotReadyError
from ..health import without_budget
from ..retrieval import rank_pages
from .comparison import Progress, pages_for
from .judgments import JudgedQuery, Judgments
from .scores import ndcg
from .significance import Tuning, cross_validate

#: Values of ``SEMANTIC_WEIGHT`` to try: 0 is the keyword leg alone, 1 the semantic leg alone.
WEIGHTS = tuple(step / 20 for step in range(21))


def tune(
    judgments: Judgments, *, index_name: str = DEFAULT_INDEX, k: int = 10, progress: Progress | None = None
) -> Tuning:
    """Find the ``SEMANTIC_WEIGHT`` that suits judged queries best, and estimate its gain on others.

    Every query is ranked with each weight, and with the present settings.

    Args:
        judgments: from ``read_judgments``; two queries at least, some fifty to be of use.
        index_name: a key of ``WAGTAIL_VECTOR_SEARCH``.
        k: number of results that a visitor is assumed to look at.
        progress: called with 1 after every query.

    Raises:
        SettingsError: there is no such index.
        IndexNotReadyError: the index is not built.
        EvaluationError: there are too few queries, or one could not be embedded.
    """
    get_index_settings(index_name)
    if len(judgments.queries) < 2:
        raise EvaluationError(
            f"A weight cannot be chosen by {len(judgments.queries)} queries: it is tried on others than it is chosen "
            "on. Judge some fifty queries."
        )
    by_query = []
    with without_budget():
        for query in judgments.queries:
            with pages_for(query) as pages:
                by_query.append([_score(query, pages, index_name, weight, k) for weight in (None, *WEIGHTS)])
            if progress:
                progress(1)
    present, *by_weight = zip(*by_query, strict=True)
    return cross_validate(WEIGHTS, by_weight, present)


def _score(query: JudgedQuery, pages: Any, index_name: str, weight: float | None, k: int) -> float:
    ranking = rank_pages(query.text, pages, index_name=index_name, semantic_weight=weight)
    if not ranking.answered:
        raise IndexNotReadyError
    if ranking.degraded:
        raise EvaluationError(
            f'"{query.text}" was answered by words alone ({ranking.degraded_reason}), so that a weight of meaning '
            "cannot be tried. python manage.py vector_search_status shows more."
        )
    return ndcg([page.page_id for page in ranking.pages], query.grades, k)
