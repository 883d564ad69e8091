"""Which pages show an object of another model: an author, a category, a tag, a row of their own, a snippet.

``search_fields`` and ``embedding_fields`` say what a page reads; walked backwards they lead from an object to its
pages. What blocks of a StreamField choose is found in Wagtail's reference index. The map is made once a process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db.models import CharField, ForeignKey, Model, QuerySet
from django.db.models.functions import Cast
from wagtail.blocks import Block, ChooserBlock
from wagtail.coreutils import resolve_model_string
from wagtail.fields import StreamField
from wagtail.models import ReferenceIndex
from wagtail.search.index import RelatedFields, SearchField

from ..database.execute import SQL, name_parameters
from ..database.tables import page_key, page_model

#: How many objects may stand between an object and a page: a footnote in a note in a banner on a page.
MAX_STEPS = 3


class Shown(NamedTuple):
    """How the pages of one class show the objects of a model."""

    page_class: Any
    #: From a page to the object, as Django looks it up.
    lookup: str
    #: Attribute of the object that holds the key of its only page; empty where a look-up is needed.
    page_attribute: str = ""
    #: Names of the fields that are shown; ``None`` when they are not known.
    fields: frozenset[str] | None = None


class Link(NamedTuple):
    """A many-to-many relation whose rows decide what a page shows."""

    page_class: Any
    #: From a page to the model that has the relation, as Django looks it up; empty when the page itself has it.
    lookup: str
    #: Whether the model that has it is at the far end of the field.
    is_reverse: bool


@dataclass(slots=True)
class ShownObjects:
    """What the pages of a project show."""

    #: Ways to the pages, by model.
    ways: dict[Any, set[Shown]] = field(default_factory=lambda: defaultdict(set))
    #: Models whose StreamFields show the objects of a model; a page class stands for itself.
    holders: dict[Any, set[Any]] = field(default_factory=lambda: defaultdict(set))
    #: Many-to-many relations, by the model of their rows.
    links: dict[Any, set[Link]] = field(default_factory=lambda: defaultdict(set))

    @property
    def models(self) -> set[Any]:
        """Models whose objects are shown."""
        return {*self.ways, *self.holders}

    def is_row_of_page(self, model: Any) -> bool:
        """Return whether an object is shown by nothing but the page that it belongs to."""
        return model not in self.holders and all(shown.page_attribute for shown in self.ways.get(model, ()))


class Objects(NamedTuple):
    """Some objects of a model, as values of a condition."""

    #: Their keys: a list, or a query.
    keys: Any
    #: The same as text, which is how the reference index keeps keys.
    texts: Any


@cache
def shown_objects() -> ShownObjects:
    """Return what the pages of the project show."""
    found = ShownObjects()
    for page_class in apps.get_models():
        if issubclass(page_class, page_model()):
            _add_page_class(found, page_class)
    for model in list(found.models):
        if not issubclass(model, page_model()):
            _add_streams(found, model, holder=model)
    return found


def these(keys: Sequence[Any]) -> Objects:
    """Return objects by their keys."""
    return Objects(list(keys), [str(key) for key in keys])


def those_of(queryset: QuerySet[Any]) -> Objects:
    """Return the objects of a queryset, which the database looks for."""
    queryset = queryset.order_by()
    return Objects(queryset.values("pk"), queryset.values(text=Cast("pk", CharField())))


def pages_that_show(
    model: Any, objects: Objects, using: str, *, changed: frozenset[str] | None = None, rows: bool = False
) -> SQL | None:
    """Return a query for the keys of the pages that show objects, some perhaps twice.

    Args:
        model: of the objects.
        objects: which.
        using: the database.
        changed: names of the fields that have changed; ``None`` for all of them.
        rows: whether to look for the pages that objects belong to, too, which an object says itself.

    Returns:
        ``None`` when no page can show them.
    """
    queries = (
        query for shown, query in _queries(model, objects, changed, MAX_STEPS) if rows or not shown.page_attribute
    )
    return _join(queries, using)


def pages_behind(link: Link, objects: Objects, using: str) -> SQL | None:
    """Return what ``pages_that_show`` does, for the objects that have a many-to-many relation."""
    pages = link.page_class._base_manager.filter(**{f"{link.lookup or 'pk'}__in": objects.keys})
    return _join(iter([pages.values(page_key())]), using)


def _join(queries: Iterator[QuerySet[Any]], using: str) -> SQL | None:
    texts: list[str] = []
    parameters: dict[str, Any] = {}
    for number, query in enumerate(queries):
        try:
            text, values = query.order_by().query.get_compiler(using).as_sql()
        except EmptyResultSet:
            continue
        named = name_parameters(text, values, f"shown{number}_")
        texts.append(named.text)
        parameters.update(named.parameters)
    return SQL(" UNION ALL ".join(texts), parameters) if texts else None


def _queries(
    model: Any, objects: Objects, changed: frozenset[str] | None, steps: int
) -> Iterator[tuple[Shown, QuerySet[Any]]]:
    found = shown_objects()
    for shown in sorted(found.ways.get(model, ()), key=lambda shown: (shown.page_class._meta.label, shown.lookup)):
        if changed is None or shown.fields is None or not shown.fields.isdisjoint(changed):
            pages = shown.page_class._base_manager.filter(**{f"{shown.lookup}__in": objects.keys})
            yield shown, pages.values(page_key())
    for holder in sorted(found.holders.get(model, ()), key=lambda holder: holder._meta.label) if steps else ():
        between = {**_is_model("to_content_type", model), **_is_model("base_content_type", holder)}
        references = ReferenceIndex.objects.filter(**between, to_object_id__in=objects.texts)
        keys = references.values(key=Cast("object_id", _key_field(holder)))
        if issubclass(holder, page_model()):
            yield Shown(holder, ""), keys
        else:
            yield from _queries(holder, Objects(keys, references.values("object_id")), None, steps - 1)


def _is_model(name: str, model: Any) -> dict[str, str]:
    base = _base_of(model)
    return {f"{name}__app_label": base._meta.app_label, f"{name}__model": base._meta.model_name}


def _base_of(model: Any) -> Any:
    """Return the model that the reference index keeps an object under."""
    parents = model._meta.get_parent_list()
    return parents[-1] if parents else model._meta.concrete_model


def _key_field(model: Any) -> Any:
    key = model._meta.pk
    while key.is_relation:
        key = key.target_field
    return key


def _add_page_class(found: ShownObjects, page_class: Any) -> None:
    if page_class._meta.proxy:
        return
    names = getattr(page_class, "embedding_fields", None)
    declarations = page_class.get_search_fields()
    _add_relations(found, page_class, page_class, declarations, "")
    if names is not None:
        for declaration in names:
            # The check of what a declaration is would load all that reads pages, at the start of each process.
            if relation := _relation(page_class, getattr(declaration, "name", "")):
                _add_relation(found, page_class, page_class, relation, "", None)
        has_methods = any(not _is_field(page_class, getattr(declaration, "name", "")) for declaration in names)
    else:
        has_methods = any(
            isinstance(declaration, SearchField) and not _is_field(page_class, declaration.field_name)
            for declaration in declarations
        )
    if has_methods or hasattr(page_class, "get_embedding_document"):
        _add_whatever_is_near(found, page_class)
    _add_streams(found, page_class, holder=page_model())


def _add_relations(found: ShownObjects, page_class: Any, model: Any, declarations: Sequence[Any], before: str) -> None:
    for declaration in declarations:
        if isinstance(declaration, RelatedFields) and (relation := _relation(model, declaration.field_name)):
            fields = _shown_fields(relation.related_model, declaration.fields)
            lookup = _add_relation(found, page_class, model, relation, before, fields)
            _add_relations(found, page_class, relation.related_model, declaration.fields, f"{lookup}__")
            if relation.one_to_many or relation.one_to_one:
                _add_streams(found, relation.related_model, holder=page_model())


def _add_relation(
    found: ShownObjects, page_class: Any, model: Any, relation: Any, before: str, fields: frozenset[str] | None
) -> str:
    lookup = f"{before}{relation.name}"
    if not before and issubclass(page_class, relation.model):
        page_class = relation.model  # once for the class that has the relation, not for each that inherits it
    key = relation.remote_field
    is_child = not before and relation.auto_created and isinstance(key, ForeignKey)
    found.ways[relation.related_model].add(Shown(page_class, lookup, key.attname if is_child else "", fields))
    if relation.many_to_many:
        through = relation.through if relation.auto_created else relation.remote_field.through
        link = Link(page_class, before.removesuffix("__"), bool(relation.auto_created))
        found.links[through].add(link)
        row = relation.path_infos[0].join_field
        if not through._meta.auto_created and row.auto_created and isinstance(row.remote_field, ForeignKey):
            attribute = "" if before else row.remote_field.attname
            found.ways[through].add(Shown(page_class, f"{before}{row.name}", attribute, None))
    return lookup


def _add_whatever_is_near(found: ShownObjects, page_class: Any) -> None:
    """Add the relations that a method of a page may read: those that its own classes have, but for those to pages."""
    classes = (page_class, *page_class._meta.get_parent_list())
    children = {row.name for each in classes for row in getattr(each._meta, "child_relations", ())}  # by modelcluster
    for relation in page_class._meta.get_fields():
        is_own = issubclass(page_class, relation.model) and not issubclass(page_model(), relation.model)
        is_read = relation.name in children or not (relation.auto_created or relation.one_to_many)
        known = _relation(page_class, relation.name) if is_own and is_read else None
        if known is not None and not issubclass(known.related_model, page_model()):
            _add_relation(found, page_class, page_class, known, "", None)


def _relation(model: Any, name: str) -> Any:
    """Return the relation of a model by its name; ``None`` where that is none, or is generic."""
    try:
        relation = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    is_parent = getattr(relation.remote_field, "parent_link", False) if relation.is_relation else True
    return None if is_parent or relation.related_model is None else relation


def _is_field(model: Any, name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _shown_fields(model: Any, declarations: Sequence[Any]) -> frozenset[str] | None:
    shown = set()
    for declaration in declarations:
        if isinstance(declaration, (SearchField, RelatedFields)):
            if not _is_field(model, declaration.field_name):
                return None
            shown.add(declaration.field_name)
    return frozenset(shown) or None


def _add_streams(found: ShownObjects, model: Any, *, holder: Any) -> None:
    for stream in model._meta.get_fields():
        if isinstance(stream, StreamField):
            for chosen in _chosen(stream.stream_block, is_read=hasattr(model, "get_embedding_document")):
                if holder not in found.holders[chosen]:
                    found.holders[chosen].add(holder)
                    if not issubclass(chosen, page_model()):
                        _add_streams(found, chosen, holder=chosen)


def _chosen(block: Block, *, is_read: bool) -> Iterator[Any]:
    """Yield the models of which blocks show the chosen object: as in Wagtail's search, those that say what to index.

    Args:
        block: with its children.
        is_read: whether code of the project reads it as a whole.
    """
    if not getattr(block, "search_index", True):
        return
    searchable = getattr(type(block).get_searchable_content, "__module__", "")
    is_read = is_read or searchable.partition(".")[0] != "wagtail"
    if isinstance(block, ChooserBlock) and is_read:
        yield resolve_model_string(block.target_model)._meta.concrete_model
    child = getattr(block, "child_block", None)
    for nested in (*getattr(block, "child_blocks", {}).values(), *([child] if child else ())):
        yield from _chosen(nested, is_read=is_read)


def covers(model: type[Model]) -> list[type[Model]]:
    """Return the classes whose signals are about objects of a model: itself, and those that inherit from it."""
    return [each for each in apps.get_models() if issubclass(each, model)]
