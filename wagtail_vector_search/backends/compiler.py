"""A query on a queryset, as modelsearch hands it around; it keeps the ranking, so that slices share it."""

from __future__ import annotations

from typing import Any

from django.db.models.sql.where import NothingNode, WhereNode
from django.utils.translation import get_language
from modelsearch.backends.base import BaseSearchQueryCompiler

from ..retrieval import Legs, Ranking, rank_pages
from .conditions import is_on_column


class VectorSearchQueryCompiler(BaseSearchQueryCompiler):
    """A plain-text query on a queryset of pages, to be ranked at most once."""

    DEFAULT_OPERATOR = "or"
    HANDLES_ORDER_BY_EXPRESSIONS = True

    def __init__(self, queryset: Any, query: Any, **options: Any) -> None:
        super().__init__(queryset, query, **options)
        # Results are lazy: by the time they are read another language may be active.
        self.language_code = get_language() or ""
        self._ranking: Ranking | None = None

    def rank(self, index_name: str, legs: Legs) -> Ranking:
        """Return the ranking; computed at the first call, for every slice of the results."""
        if self._ranking is None:
            self._ranking = rank_pages(
                self.query.query_string,
                self.queryset,
                index_name=index_name,
                legs=legs,
                language_code=self.language_code,
            )
        return self._ranking

    def _get_filters_from_where_node(self, where_node: Any, check_only: bool = False) -> Any:
        """Check filters as modelsearch does, but let those pass that it cannot read: they become SQL unread."""
        readable = isinstance(where_node, (WhereNode, NothingNode)) or is_on_column(where_node)
        return super()._get_filters_from_where_node(where_node, check_only=check_only) if readable else None
