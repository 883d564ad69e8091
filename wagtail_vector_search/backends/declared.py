"""Which relations ``search_fields`` declares, beyond those that modelsearch can follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models.expressions import Col
from django.db.models.functions import ExtractYear
from django.db.models.lookups import Lookup
from modelsearch.index import BaseField, FilterField, RelatedFields

#: What ``search_fields`` consists of.
Declarations = Sequence[BaseField | RelatedFields]


def is_on_column(where_node: Any) -> bool:
    """Return whether modelsearch can find the field that a condition is on."""
    return isinstance(where_node, Lookup) and isinstance(column_of(where_node), Col)


def column_of(condition: Any) -> Any:
    """Return what a condition compares; a column, where ``is_on_column``."""
    return condition.lhs.lhs if isinstance(condition.lhs, ExtractYear) else condition.lhs


def is_declared(query: Any, column: Any) -> bool:
    """Return whether a condition is on a related object itself, over relations that ``search_fields`` declares.

    ``filter(categories=vegan)`` is a condition on a column of the table between pages and categories, and
    ``filter(author=jane)`` one on the key in the page; modelsearch finds no declaration of either. The relation is
    declared by ``RelatedFields`` or by ``FilterField``.

    Args:
        query: of the queryset that has the condition.
        column: that the condition is on.
    """
    model: Any = query.model
    declarations: Declarations = model.get_search_fields()
    joins = iter(joins_to(query, column))
    for join in joins:
        for declaration, field in _relations(model, declarations):
            second = _second_half(field, join)
            if second is not None:
                following = next(joins, None)
                if following is None:  # Django has spared itself the join to the related table
                    return bool(column.target == second)
                if following != second:
                    return False
            elif field != join:
                continue
            model, declarations = field.related_model, getattr(declaration, "fields", ())
            break
        else:
            return False
    if model is not query.model and column.target == model._meta.pk:
        return True
    return any(field == column.target for _, field in _relations(model, declarations))


def describe_missing(query: Any, column: Any) -> str:
    """Return what to add to ``search_fields`` for a condition over one relation; empty where that is not certain."""
    joins = joins_to(query, column)
    for field in query.model._meta.get_fields() if joins else ():
        infos = getattr(field, "path_infos", ())
        first, second = (infos[0].join_field, _second_half(field, joins[0])) if infos else (None, None)
        if joins[0] not in (field, first):
            continue
        if column.target == second or (len(joins) == 1 and column.target == field.related_model._meta.pk):
            return f'index.RelatedFields("{field.name}", [])'
        if len(joins) == (1 if second is None else 2):
            return f'index.RelatedFields("{field.name}", [index.FilterField("{column.target.name}")])'
    return ""


def is_facet(model: Any, name: str) -> bool:
    """Return whether results can be counted by a field: a ``FilterField``, a relation, or a ``FilterField`` of one.

    Args:
        model: that is searched.
        name: of the field, such as ``category``, ``tags`` or ``tags__name``.
    """
    declarations: Declarations = model.get_search_fields()
    *relations, last = name.split("__")
    for relation in relations:
        found = next((field for field in declarations if _is_relation(field, relation)), None)
        if found is None:
            return False
        declarations, model = found.fields, found.get_field(model).related_model
    return any(
        _is_relation(field, last)
        or (isinstance(field, FilterField) and last in (field.field_name, field.get_attname(model)))
        for field in declarations
    )


def joins_to(query: Any, column: Any) -> list[Any]:
    """Return the fields that lead from the table of the model to that of a column, without those to parent classes."""
    joins, alias = [], column.alias
    while (table := query.alias_map[alias]).parent_alias is not None:
        field = table.join_field
        if not (field.one_to_one and getattr(field.remote_field, "parent_link", False)):
            joins.append(field)
        alias = table.parent_alias
    return joins[::-1]


def _is_relation(declaration: Any, name: str) -> bool:
    return isinstance(declaration, RelatedFields) and declaration.field_name == name


def _relations(model: Any, declarations: Declarations) -> Iterator[tuple[BaseField | RelatedFields, Any]]:
    for declaration in declarations:
        if isinstance(declaration, (RelatedFields, FilterField)):
            try:
                field = declaration.get_field(model)
            except FieldDoesNotExist:
                continue
            if field.is_relation:
                yield declaration, field


def _second_half(field: Any, join: Any) -> Any:
    """Return how a many-to-many relation goes on that begins with a join; ``None`` when it does not begin so."""
    if getattr(field, "many_to_many", False) and field.path_infos[0].join_field == join:
        return field.path_infos[1].join_field
    return None
