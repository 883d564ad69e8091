"""The conditions of a queryset, in a form that every keyword backend can read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.expressions import Col
from django.db.models.functions import ExtractYear
from django.db.models.lookups import Lookup
from django.db.models.sql import Query
from django.db.models.sql.where import NothingNode, WhereNode

from ..retrieval import page_model, visible_pages

#: What search engines outside the database understand; modelsearch refuses the rest, or raises when results are read.
_LOOKUPS = frozenset({"exact", "isnull", "startswith", "gt", "gte", "lt", "lte", "range", "in"})


def only_visible(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow pages to those that a search may return, for a backend that may keep its index outside the database.

    Such a backend translates conditions on filter fields and knows nothing of SQL. Conditions that it could not
    translate go into a subquery, together with our own, and all that is left to read is a list of keys.

    Args:
        queryset: of the page model or of any page type; not sliced.

    Raises:
        TypeError: the queryset is sliced.
    """
    key = "pk" if queryset.model._meta.concrete_model is page_model() else "path"
    if _is_readable(queryset.query.where):
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


def is_on_column(where_node: Any) -> bool:
    """Return whether modelsearch can find the field that a condition is on."""
    if not isinstance(where_node, Lookup):
        return False
    column = where_node.lhs.lhs if isinstance(where_node.lhs, ExtractYear) else where_node.lhs
    return isinstance(column, Col)


def _is_readable(where_node: Any) -> bool:
    if isinstance(where_node, WhereNode):
        return all(map(_is_readable, where_node.children))
    if isinstance(where_node, NothingNode):
        return True
    if not is_on_column(where_node) or where_node.lookup_name not in _LOOKUPS:
        return False
    if hasattr(where_node.rhs, "resolve_expression") and not isinstance(where_node.rhs, (Query, Subquery)):
        return False
    # modelsearch passes over conditions on the key of a page type, and everything would count as found.
    target = where_node.lhs.target if isinstance(where_node.lhs, Col) else None
    return target is None or not getattr(target.remote_field, "parent_link", False)
