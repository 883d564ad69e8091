"""From a ranking to pages: one statement for a window of results, whatever the page types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from ..database.tables import page_key
from ..visibility.pages import visible_pages
from .passages import read_passage
from .results import RankedPage, Ranking

_PASSAGE = "_wagtail_vector_search_passage"


def load_pages(
    ranking: Ranking,
    queryset: QuerySet[Any],
    start: int = 0,
    stop: int | None = None,
    *,
    score_field: str = "",
) -> list[Any]:
    """Load a window of a ranking.

    One SQL statement, besides those that ``specific()`` and ``prefetch_related()`` cost.

    Args:
        ranking: From ``rank_pages``.
        queryset: The one that was ranked. What it selects, defers and prefetches is kept; its order is not.
        start: First rank to load, from 0.
        stop: Rank to stop before; ``None`` loads to the end.
        score_field: Further attribute to set to the score.

    Returns:
        Pages in the order of the ranking, each with ``search_score``, ``search_matched_by`` and ``search_passage``
        (``None`` when there is no chunk to show). Pages that are not visible any more are left out.
    """
    window = ranking.pages[start:stop]
    if not window:
        return []
    loaded = _load(window, ranking, queryset)
    found = [(loaded[ranked.page_id], ranked) for ranked in window if ranked.page_id in loaded]
    return [describe_page(page, ranked, score_field) for page, ranked in found]


def _load(window: Sequence[RankedPage], ranking: Ranking, queryset: QuerySet[Any]) -> dict[Any, Any]:
    key = page_key()
    pages = visible_pages(queryset.using(ranking.using)).filter(**{f"{key}__in": [page.page_id for page in window]})
    if ranking.passages:
        pages = pages.annotate(**{_PASSAGE: ranking.passages.as_expression()})
    return {getattr(page, key): page for page in pages.order_by()}


def describe_page(page: Any, ranked: RankedPage, score_field: str = "") -> Any:
    """Set on a page what its rank is made of, and return it."""
    page.search_score = ranked.score
    page.search_matched_by = ranked.matched_by
    page.search_passage = read_passage(page.__dict__.pop(_PASSAGE, None))
    if score_field:
        setattr(page, score_field, ranked.score)
    return page
