"""Lazy search results: ranked once, loaded a window at a time."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from functools import cached_property, partial
from typing import Any, Self

from django.db.models import Count
from modelsearch.backends.base import BaseSearchResults, FilterFieldError, OrderByFieldError

from ..health import UnreadableError, reading
from ..retrieval import KEYWORD, Explanation, Ranking, explain_pages, find_shown, load_pages, visible_pages
from .compiler import VectorSearchQueryCompiler
from .declared import is_facet
from .keyword_query import structure_query


class VectorSearchResults(BaseSearchResults):
    """Pages, best first or in the order of the queryset, each a ``SearchHit``.

    That is, with ``search_score``, ``search_matched_by`` and ``search_passage``. Reading them costs at most five SQL
    statements, whatever the number of results, and one more in an order of the queryset's own; a further slice of the
    same results costs one. In a transaction, two savepoints add four to the first and two to each further slice. Where
    the index cannot answer, the keyword backend does, and ``degraded`` says so.
    """

    supports_facet = True
    query_compiler: VectorSearchQueryCompiler

    @property
    def ranking(self) -> Ranking:
        """The ranking behind the results, of which they may be a slice."""
        return self.query_compiler.ranking

    @property
    def degraded(self) -> bool:
        """Whether the search went on with words alone."""
        return self.ranking.degraded

    @property
    def degraded_reason(self) -> str:
        """Why it did, as a ``DegradedReason``; empty when it did not."""
        return str(self.ranking.degraded_reason)

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms of the query, for ``{{ text|highlight:results.terms }}``."""
        return self.ranking.terms

    @property
    def corrected_query(self) -> str:
        """The query that was searched for in place of a misspelt one; empty when nothing was corrected."""
        return self.ranking.corrected_query

    def as_typed(self) -> Self:
        """Return results for exactly what was typed: for the visitor who meant it."""
        results = self._clone()
        results.query_compiler = self.query_compiler.as_typed()
        return results

    def explain(self) -> list[Explanation]:
        """Return for each of these results why it stands where it does. One statement more than the results cost.

        Returns:
            One explanation a result, in order; none where the keyword backend answered in place of the index, or the
            index cannot be read.
        """
        if not self.ranking.answered:
            return []
        pages = list(self)
        try:
            with reading(self.ranking.using):
                return explain_pages(self.ranking, pages)
        except UnreadableError:
            return []

    def facet(self, field_name: str) -> OrderedDict[Any, int]:
        """Count the ranked pages by the values of a field, the most frequent first.

        One statement, and another where the site has aliases.

        Args:
            field_name: Of a ``FilterField``; of a relation in ``RelatedFields``, to count by the keys of the related
                objects; or of a ``FilterField`` in that, such as ``tags__name``. A page counts once for each related
                object; ``None`` counts those without any.

        Raises:
            FilterFieldError: ``search_fields`` does not declare it.
        """
        model = self.query_compiler.queryset.model
        if not is_facet(model, field_name):
            relation, _, last = field_name.rpartition("__")
            missing = f"index.FilterField('{last}')"
            missing = f"index.RelatedFields('{relation}', [{missing}])" if relation else missing
            raise FilterFieldError(
                f'Cannot facet search results with field "{field_name}". Please add {missing} '
                f"to {model.__name__}.search_fields.",
                field_name=field_name,
            )
        keys = [page.page_id for page in self.ranking.pages]
        if not self.ranking.answered:
            field = self.query_compiler._get_filterable_field(field_name)
            if field and not field.get_field(model).is_relation:
                return self._substitute.facet(field_name)
            keys = [page.pk for page in self._substitute]
        pages = model._base_manager.using(self.ranking.using)
        if self.ranking.with_aliases:
            pages = pages.filter(pk__in=find_shown(self.ranking, self.query_compiler.queryset))
        else:
            pages = visible_pages(pages.filter(pk__in=keys), like=self.query_compiler.queryset, ranked=True)
        counted = pages.values_list(field_name).annotate(count=Count("pk")).order_by("-count", field_name)
        return OrderedDict(counted)

    def _do_search(self) -> list[Any]:
        if not self.ranking.answered:
            results = self._substitute
            if self._score_field:
                results = results.annotate_score(self._score_field)
            pages = list(results[self.start : self.stop])
            for page in pages:
                page.search_score, page.search_matched_by, page.search_passage = None, (KEYWORD,), None
            return pages
        queryset = self.query_compiler.queryset
        if self.prefetch_related:
            queryset = queryset.prefetch_related(*self.prefetch_related)
        window = {"start": self.start, "stop": self.stop, "score_field": self._score_field or ""}
        try:
            with reading(self.ranking.using):
                return load_pages(self.ranking, queryset, **window)
        except UnreadableError as error:
            self.query_compiler.give_up_passages(error)
        return load_pages(self.ranking, queryset, **window)

    def _do_count(self) -> int:
        if not self.ranking.answered:
            return self._substitute[self.start : self.stop].count()
        return len(self.ranking.pages[self.start : self.stop])

    @cached_property
    def _substitute(self) -> Any:
        """The keyword backend's results for the same query. Any word will do: a question has words no page has."""
        compiler = self.query_compiler
        query = structure_query(self.ranking.query)
        search = partial(self.backend.search_keyword_backend, query, compiler.queryset, operator="or")
        if not compiler.order_by_relevance:
            # That backend may not sort by every field, and a search that goes on without the index must not fail.
            with suppress(OrderByFieldError):
                return search(order_by_relevance=False)
        return search()
