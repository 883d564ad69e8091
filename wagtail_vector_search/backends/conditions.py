"""The conditions of a queryset, in a form that every keyword backend can read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.sql import Query
from django.db.models.sql.where import NothingNode, WhereNode
from modelsearch.backends.base import BaseSearchQueryCompiler, FilterFieldError
from modelsearch.query import MATCH_ALL

from ..retrieval import page_model, visible_pages
from .declared import column_of, is_on_column, joins_to

#: What search engines outside the database understand; modelsearch refuses the rest, or raises when results are read.
_LOOKUPS = frozenset({"exact", "isnull", "startswith", "gt", "gte", "lt", "lte", "range", "in"})


def only_visible(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow pages to those that a search may return, for a backend that may keep its index outside the database.

    Such a backend translates conditions on filter fields and knows nothing of SQL. Conditions that it could not
    translate, or that would yield a page twice, go into a subquery, together with our own, and all that is left to
    read is a list of keys.

    Args:
        queryset: of the page model or of any page type; not sliced.

    Raises:
        TypeError: the queryset is sliced.
    """
    key = "pk" if queryset.model._meta.concrete_model is page_model() else "path"
    if _is_readable(queryset.query.where, BaseSearchQueryCompiler(queryset, MATCH_ALL)):
        visible = visible_pages(page_model()._default_manager.all(), like=queryset)
        return queryset.filter(**{f"{key}__in": visible.values(key)})
    visible = visible_pages(queryset).order_by()
    everything = queryset.all()
    query = everything.query
    query.where = WhereNode()
    if not query.annotations:
        # Joins that only conditions need would yield a row several times.
        query.extra_tables = ()
        query.alias_refcount.update({alias: 0 for alias in query.alias_refcount if alias != query.get_initial_alias()})
    return everything.filter(**{f"{key}__in": visible.values(key)})


def _is_readable(where_node: Any, reader: BaseSearchQueryCompiler) -> bool:
    if isinstance(where_node, WhereNode):
        return all(_is_readable(child, reader) for child in where_node.children)
    if isinstance(where_node, NothingNode):
        return True
    if not is_on_column(where_node) or where_node.lookup_name not in _LOOKUPS:
        return False
    if hasattr(where_node.rhs, "resolve_expression") and not isinstance(where_node.rhs, (Query, Subquery)):
        return False
    column = column_of(where_node)
    # modelsearch passes over conditions on the key of a page type, and everything would count as found.
    if getattr(column.target.remote_field, "parent_link", False):
        return False
    # Over a relation to many, Wagtail's database search yields a page once for each of them.
    if any(join.one_to_many or join.many_to_many for join in joins_to(reader.queryset.query, column)):
        return False
    try:
        reader._get_filter_field_path_for_column(column)
    except FilterFieldError:
        return False
    return True
