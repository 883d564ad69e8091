"""A query on a queryset, as modelsearch hands it around; it keeps the ranking, so that slices share it."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import Any, Self

from django.db.models.sql.where import NothingNode, WhereNode
from django.utils.translation import get_language
from modelsearch.backends.base import BaseSearchQueryCompiler

from ..conf import DEFAULT_INDEX
from ..retrieval import Legs, Ranking, rank_pages
from .conditions import is_on_column


class VectorSearchQueryCompiler(BaseSearchQueryCompiler):
    """A plain-text query on a queryset of pages, to be ranked at most once.

    Args:
        queryset: The pages.
        query: ``PlainText`` in which any word will do.
        index_name: Of the index, a key of ``WAGTAIL_VECTOR_SEARCH``.
        legs: Which legs to run.
        correct_spelling: ``False`` to search for exactly what was typed.
    """

    DEFAULT_OPERATOR = "or"
    HANDLES_ORDER_BY_EXPRESSIONS = True

    def __init__(
        self,
        queryset: Any,
        query: Any,
        *,
        index_name: str = DEFAULT_INDEX,
        legs: Legs = Legs.HYBRID,
        correct_spelling: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(queryset, query, **options)
        self.index_name = index_name
        self.legs = legs
        self.correct_spelling = correct_spelling
        # Results are lazy: by the time they are read another language may be active.
        self.language_code = get_language() or ""

    @cached_property
    def ranking(self) -> Ranking:
        """The ranking, for every slice of the results."""
        return rank_pages(
            self.query.query_string,
            self.queryset,
            index_name=self.index_name,
            legs=self.legs,
            language_code=self.language_code,
            correct_spelling=None if self.correct_spelling else False,
        )

    def as_typed(self) -> Self:
        """Return the same search for exactly what was typed."""
        if not self.correct_spelling:
            return self
        made = copy(self)
        made.__dict__.pop("ranking", None)
        made.correct_spelling = False
        return made

    def _get_filters_from_where_node(self, where_node: Any, check_only: bool = False) -> Any:
        """Check filters as modelsearch does, but let those pass that it cannot read: they become SQL unread."""
        readable = isinstance(where_node, (WhereNode, NothingNode)) or is_on_column(where_node)
        return super()._get_filters_from_where_node(where_node, check_only=check_only) if readable else None
