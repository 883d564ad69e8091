"""What the three backends have in common: what they answer themselves, and what they hand on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from modelsearch.backends import get_search_backend, import_backend
from modelsearch.backends.base import BaseIndex, BaseSearchBackend
from modelsearch.query import MATCH_ALL, PlainText

from ..conf import DEFAULT_INDEX, get_index_settings
from ..retrieval import Legs, page_model
from .compiler import VectorSearchQueryCompiler
from .conditions import only_visible
from .keyword_backend import choose_keyword_backend, get_configured_backends, is_configured
from .keyword_query import clean_query
from .results import VectorSearchResults


class BaseVectorSearchBackend(BaseSearchBackend):
    """A drop-in search backend for pages, ranked by vectors, words or both.

    It answers plain text on querysets of pages. Everything that has no meaning for vectors goes on to the keyword
    backend, which returns results of its own kind: other models, structured queries, ``operator="and"``,
    ``fields``, and ``autocomplete``. Drafts, aliases and expired pages come back from neither;
    private pages only from a queryset that ``visible_to`` has narrowed to their visitors.

    Args:
        params: from ``WAGTAILSEARCH_BACKENDS``. ``INDEX`` names an index of ``WAGTAIL_VECTOR_SEARCH``;
            ``KEYWORD_BACKEND`` is the alias or dotted path of the keyword backend, by default the first configured
            backend that is not one of ours, otherwise Wagtail's database search.
    """

    query_compiler_class = VectorSearchQueryCompiler
    results_class = VectorSearchResults

    #: The searches that a ranking is made of.
    legs: ClassVar[Legs]

    def __init__(self, params: Mapping[str, Any]) -> None:
        super().__init__(params)
        self.params = dict(params)
        self.index_name: str = self.params.get("INDEX", DEFAULT_INDEX)

    def search(
        self,
        query: Any,
        model_or_queryset: Any,
        fields: list[str] | None = None,
        operator: str | None = None,
        order_by_relevance: bool = True,
        correct_spelling: bool = True,
    ) -> Any:
        """Search pages, or hand the search on to the keyword backend.

        Args:
            query: Plain text, or a query class of ``wagtail.search.query``.
            model_or_queryset: What to search.
            fields: Only in these fields; handed on.
            operator: ``"and"`` asks for every word; handed on.
            order_by_relevance: ``False`` brings the same pages in the order of the queryset, by any field.
            correct_spelling: ``False`` searches for exactly what was typed, as ``results.as_typed()`` does.

        Returns:
            ``VectorSearchResults``, or the results of the keyword backend.

        Raises:
            FilterFieldError: the queryset filters on what ``search_fields`` does not declare.
        """
        text = None
        if isinstance(query, str) and operator in (None, "or"):
            text = query
        elif isinstance(query, PlainText) and query.operator == "or":
            text = query.query_string
        if text is None or fields is not None or not _is_about_pages(model_or_queryset):
            options = {"fields": fields, "operator": operator, "order_by_relevance": order_by_relevance}
            return self.search_keyword_backend(query, model_or_queryset, **options)
        compiler = self.query_compiler_class(
            _as_queryset(model_or_queryset),
            PlainText(text, operator="or"),
            index_name=self.index_name,
            legs=self.legs,
            correct_spelling=correct_spelling,
            order_by_relevance=order_by_relevance,
        )
        compiler.check()
        return self.results_class(self, compiler)

    def autocomplete(self, query: Any, model_or_queryset: Any, **options: Any) -> Any:
        """Hand on to the keyword backend: the beginning of a word has no meaning yet."""
        return self.keyword_backend.autocomplete(self._clean(query), self._without_hidden(model_or_queryset), **options)

    def search_keyword_backend(self, query: Any, model_or_queryset: Any, **options: Any) -> Any:
        """Search with the keyword backend; of pages, only those that a search may return come back."""
        return self.keyword_backend.search(self._clean(query), self._without_hidden(model_or_queryset), **options)

    @cached_property
    def keyword_backend(self) -> Any:
        """The backend that answers what vectors cannot."""
        return get_search_backend(self._keyword_backend_name)

    def get_index_for_model(self, model: Any) -> Any:
        """Return the keyword backend's index if no other backend keeps it, otherwise one that does nothing.

        Our own index follows publishing by itself: a save costs nothing here.
        """
        return self.keyword_backend.get_index_for_model(model) if self._keeps_keyword_index else BaseIndex(self)

    @property
    def rebuilder_class(self) -> Any:
        """What rebuilds the keyword backend's index; ``None`` when another backend does so."""
        return self.keyword_backend.rebuilder_class if self._keeps_keyword_index else None

    @property
    def catch_indexing_errors(self) -> bool:
        """As the keyword backend sets it, where this backend keeps its index."""
        return self._keeps_keyword_index and self.keyword_backend.catch_indexing_errors

    @cached_property
    def _keyword_backend_name(self) -> str:
        return choose_keyword_backend(self.params.get("KEYWORD_BACKEND", ""), is_ours)

    @cached_property
    def _keeps_keyword_index(self) -> bool:
        """Whether the keyword backend's index is ours to write.

        Not if the backend is configured itself, and only the first one of ours may: every save would be written twice.
        """
        if is_configured(self._keyword_backend_name):
            return False
        ours = (entry for entry in get_configured_backends().values() if is_ours(entry["BACKEND"]))
        first = next(ours, None)
        return first is None or (
            import_backend(first["BACKEND"]) is type(self) and {**first, **self.params} == dict(first)
        )

    def _without_hidden(self, model_or_queryset: Any) -> Any:
        """Return what the keyword backend may search; of pages, those that a search may return.

        Raises:
            FilterFieldError: the queryset filters on what ``search_fields`` does not declare.
        """
        if not _is_about_pages(model_or_queryset):
            return model_or_queryset
        queryset = _as_queryset(model_or_queryset)
        self.query_compiler_class(queryset, MATCH_ALL).check_filters()
        return only_visible(queryset)

    def _clean(self, query: Any) -> Any:
        return clean_query(query, get_index_settings(self.index_name).max_query_length)


def is_ours(path: str) -> bool:
    """Return whether a dotted path leads to a backend of this package, or to a subclass of one."""
    try:
        backend = import_backend(path)
    except ImportError:
        return False
    return isinstance(backend, type) and issubclass(backend, BaseVectorSearchBackend)


def _as_queryset(model_or_queryset: Any) -> QuerySet[Any]:
    return model_or_queryset if isinstance(model_or_queryset, QuerySet) else model_or_queryset.objects.all()


def _is_about_pages(model_or_queryset: Any) -> bool:
    model = model_or_queryset.model if isinstance(model_or_queryset, QuerySet) else model_or_queryset
    return issubclass(model, page_model())
