"""A query on a queryset, as modelsearch hands it around; it keeps the ranking, so that slices share it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

from django.db.models.sql.where import NothingNode, WhereNode
from django.utils.translation import get_language
from modelsearch.backends.base import BaseSearchQueryCompiler, FilterFieldError

from ..conf import DEFAULT_INDEX
from ..health import UnreadableError
from ..retrieval import Legs, Ranking, rank_pages, sort_ranking
from ..retrieval.signals import report_degraded, why_unreadable
from .declared import describe_missing, is_declared, is_on_column


class VectorSearchQueryCompiler(BaseSearchQueryCompiler):
    """A plain-text query on a queryset of pages, to be ranked at most once.

    Args:
        queryset: The pages.
        query: ``PlainText`` in which any word will do.
        index_name: Of the index, a key of ``WAGTAIL_VECTOR_SEARCH``.
        legs: Which legs to run.
        correct_spelling: ``False`` to search for exactly what was typed.
        options: ``order_by_relevance``, as modelsearch has it.
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
        """The ranking, for every slice of the results; in the order of the queryset, where that is asked for."""
        ranking = rank_pages(
            self.query.query_string,
            self.queryset,
            index_name=self.index_name,
            legs=self.legs,
            language_code=self.language_code,
            correct_spelling=None if self.correct_spelling else False,
        )
        return ranking if self.order_by_relevance else sort_ranking(ranking, self.queryset)

    def give_up_passages(self, error: UnreadableError) -> None:
        """Go on without passages, as the database refuses to read them, and mark the search as degraded."""
        reason, detail = why_unreadable(error)
        report_degraded(self.index_name, reason, detail)
        self.__dict__["ranking"] = replace(self.ranking, passages=None, degraded_reason=reason)

    def as_typed(self) -> Self:
        """Return the same search for exactly what was typed."""
        if not self.correct_spelling:
            return self
        made = copy(self)
        made.__dict__.pop("ranking", None)
        made.correct_spelling = False
        return made

    def _get_order_by(self) -> Iterator[Any]:
        """Let every order pass: it becomes SQL, and Django has refused fields that are not there."""
        yield from ()

    def check_filters(self) -> None:
        """Check that what the queryset filters on is declared in ``search_fields``.

        Raises:
            FilterFieldError: it is not; the message says what to add.
        """
        self._get_filters_from_queryset(check_only=True)

    def _get_filter_field_path_for_column(self, column: Any) -> Any:
        """Follow the declarations as modelsearch does, and those of relations, which it only follows past the key."""
        try:
            return super()._get_filter_field_path_for_column(column)
        except FilterFieldError as error:
            query = self.queryset.query
            if is_declared(query, column):
                return []
            message = str(error)
            if "suitable" in message and (missing := describe_missing(query, column)):
                message += f" For this condition that is {missing}."
            raise FilterFieldError(message, field_name=error.field_name) from None

    def _get_filters_from_where_node(self, where_node: Any, check_only: bool = False) -> Any:
        """Check filters as modelsearch does, but let those pass that it cannot read: they become SQL unread."""
        readable = isinstance(where_node, (WhereNode, NothingNode)) or is_on_column(where_node)
        return super()._get_filters_from_where_node(where_node, check_only=check_only) if readable else None
