"""A search engine outside the database, as modelsearch's Elasticsearch backends are.

It keeps copies of pages, and knows of a queryset only what modelsearch translates for it.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import Any

from django.db.models.sql import Query
from modelsearch.backends.base import BaseSearchBackend, BaseSearchQueryCompiler, BaseSearchResults
from wagtail.models import Page

#: Copies of pages, as they were when the engine was last told of them.
documents: list[dict[str, Any]] = []


def copy_pages() -> None:
    """Tell the engine of every page."""
    documents[:] = [
        {"model": type(page), "pk": page.pk, "text": page.title.lower()}
        | {field: getattr(page, field) for field in FIELDS}
        for page in Page.objects.filter(depth__gt=1).specific()
    ]


FIELDS = ("id", "live", "path", "depth", "locale_id", "title", "content_type_id")
LOOKUPS = {
    "exact": lambda value, wanted: value == wanted,
    "in": lambda value, wanted: value in wanted,
    "startswith": lambda value, wanted: str(value).startswith(wanted),
    "gt": lambda value, wanted: value > wanted,
    "gte": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "lte": lambda value, wanted: value <= wanted,
    "isnull": lambda value, wanted: (value is None) is wanted,
}


class Compiler(BaseSearchQueryCompiler):
    """Translates conditions into functions of a document."""

    def _process_lookup(self, field_path, lookup, value):
        if lookup not in LOOKUPS:
            return None
        name = field_path[-1].get_attname(self.queryset.model)
        if isinstance(value, Query):
            value = {row[0] for rows in value.get_compiler("default").execute_sql() for row in rows}
        return lambda document: LOOKUPS[lookup](document[name], value)

    def _process_match_none(self):
        return lambda _document: False

    def _connect_filters(self, filters, connector, negated):
        together = all if connector == "AND" else any
        return lambda document: together(accepts(document) for accepts in filters) is not negated

    def hits(self):
        """Return the documents found."""
        accepts = self._get_filters_from_queryset()
        words = str(getattr(self.query, "query_string", "")).lower().split()
        return [
            document
            for document in documents
            if issubclass(document["model"], self.queryset.model)
            and accepts(document)
            and (not words or any(word in document["text"] for word in words))
        ]


class Results(BaseSearchResults):
    """Counts and facets are the engine's own; results are pages of the queryset."""

    supports_facet = True

    def _do_search(self):
        keys = [document["pk"] for document in self.query_compiler.hits()[self.start : self.stop]]
        return list(self.query_compiler.queryset.filter(pk__in=keys))

    def _do_count(self):
        return len(self.query_compiler.hits()[self.start : self.stop])

    def facet(self, field_name):
        return OrderedDict(Counter(document[field_name] for document in self.query_compiler.hits()))


class SearchBackend(BaseSearchBackend):
    query_compiler_class = autocomplete_query_compiler_class = Compiler
    results_class = Results
