"""A page to its document: the text of the fields that its class declares searchable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import ForeignObjectRel, Manager, Model
from django.utils.module_loading import import_string
from django.utils.translation import override
from wagtail.fields import RichTextField, StreamField
from wagtail.rich_text import RichText
from wagtail.search.index import BaseField, RelatedFields, SearchField

from ..exceptions import SettingsError
from .blocks import is_silent
from .document import Document
from .outline import Outline
from .text import clean_line, clean_text
from .values import add_value, plain_text

if TYPE_CHECKING:
    from wagtail.models import Page

#: Part of an index's fingerprint: raise it when the same page would yield another document.
EXTRACTION_VERSION = 4

# A longer one is a paragraph in a heading's tag, and would leave no room for text in its chunks.
_LONGEST_HEADING = 255

_MISSING = object()

#: Fields of other packages whose text is written in a form that no visitor sees -> the function that renders it.
RENDERED_FIELDS = {"wagtailmarkdown.fields.MarkdownField": "wagtailmarkdown.utils.render_markdown"}


@dataclass(frozen=True, slots=True)
class EmbeddingField:
    """One entry of ``embedding_fields`` on a page class; the list replaces ``search_fields`` altogether.

    ::

        class ArticlePage(Page):
            embedding_fields = [EmbeddingField("title", important=True), EmbeddingField("body")]
    """

    #: A field of the page, or an attribute or method without arguments. It may hold plain text, ``RichText`` or HTML
    #: marked safe, a StreamField's value, a ``Section`` or a ``Document``, or a list of these.
    name: str
    #: Whether its words weigh as much as those of the title. The field ``title`` is always the title.
    important: bool = False


def extract_document(page: Page, language_code: str = "", *, has_locale: bool = True) -> Document:
    """Return what a page says in its own language, cleaned.

    The page's ``get_embedding_document()`` decides, else its ``embedding_fields``, else its ``search_fields``.

    Args:
        page: a specific page; a plain ``Page`` has a title only.
        language_code: of the page's locale, if the caller knows it; otherwise the page is asked.
        has_locale: ``False`` reads the page in exactly this language, whatever its locale: one of those that it keeps
            in fields of its own.

    Raises:
        SettingsError: ``embedding_fields`` or ``get_embedding_document`` of the page class is not usable.
    """
    # Labels of choices, names of days and whatever else is translated must not depend on who publishes the page.
    with override(_language(page, language_code) if has_locale else language_code):
        return _clean(_read(page))


def is_read_by_title_only(model: Any) -> bool:
    """Return whether a page type declares no text but its title, or only blocks that have none."""
    if hasattr(model, "get_embedding_document"):
        return False
    names = getattr(model, "embedding_fields", None)
    if names is not None:
        return not any(_has_text(model, field.name) for field in names if isinstance(field, EmbeddingField))
    return not any(map(partial(_declares_text, model), model.get_search_fields()))


def _declares_text(model: Any, field: BaseField | RelatedFields) -> bool:
    if isinstance(field, SearchField):
        return _has_text(model, field.field_name)
    return isinstance(field, RelatedFields) and any(isinstance(nested, SearchField) for nested in field.fields)


def _has_text(model: Any, name: str) -> bool:
    """Return whether a field or method of a page type, other than its title, may have text."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return True
    if isinstance(field, StreamField):
        return not is_silent(field.stream_block)
    return bool(name != "title")


def _language(page: Page, language_code: str) -> str:
    """Return the language that a page is written in."""
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False) or not page.locale_id:
        return settings.LANGUAGE_CODE
    return language_code or page.locale.language_code


def _read(page: Page) -> Document:
    if hasattr(page, "get_embedding_document"):
        document = page.get_embedding_document()
        if not isinstance(document, Document):
            raise SettingsError(f"{type(page).__name__}.get_embedding_document() must return a Document.")
        return document
    if getattr(page, "embedding_fields", None) is not None:
        return _from_embedding_fields(page)
    return _from_search_fields(page)


def _clean(document: Document) -> Document:
    sections = []
    for section in document.sections:
        heading, anchor = clean_line(section.heading or ""), clean_line(section.anchor or "")
        text = clean_text(section.text or "")
        if len(heading) > _LONGEST_HEADING:
            heading, anchor, text = "", "", f"{heading}\n\n{text}".strip()
        if heading or text:
            sections.append(replace(section, heading=heading, anchor=anchor, text=text))
    return Document(clean_line(document.title or ""), tuple(sections), clean_text(document.important or ""))


def _from_search_fields(page: Page) -> Document:
    outline, title = Outline(), ""
    for field in page.get_search_fields():
        if isinstance(field, SearchField) and field.field_name == "title":
            title = plain_text(_searchable_value(page, field))
        else:
            _add_search_field(outline, page, field)
    return Document(title=title, sections=outline.sections())


def _add_search_field(outline: Outline, instance: Model, field: BaseField | RelatedFields) -> None:
    if isinstance(field, SearchField):
        if not _is_translation(instance, field.field_name):
            add_value(outline, _searchable_value(instance, field))
    elif isinstance(field, RelatedFields) and (value := field.get_value(instance)) is not None:
        for related in value.all() if isinstance(value, Manager) else (value,):
            for nested in field.fields:
                _add_search_field(outline, related, nested)


def _is_translation(instance: Model, name: str) -> bool:
    """Return whether a field is the copy of another one for a language, as django-modeltranslation makes them.

    The other one reads the copy for the active language, in which the page is read.
    """
    try:
        field: Any = instance._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return getattr(field, "translated_field", None) is not None


def _searchable_value(instance: Model, field: SearchField) -> Any:
    value = _field_value(instance, field.field_name)
    return field.get_value(instance) if value is _MISSING else value


def _field_value(instance: Model, name: str) -> Any:
    """Return a model field's value with its structure, or ``_MISSING`` where Wagtail's search decides."""
    try:
        field = instance._meta.get_field(name)
    except FieldDoesNotExist:
        return _MISSING
    searchable = getattr(type(field), "get_searchable_content", None)
    if isinstance(field, ForeignObjectRel):
        return _MISSING
    if searchable is RichTextField.get_searchable_content:
        return RichText(field.value_from_object(instance))
    if searchable is StreamField.get_searchable_content:
        return field.value_from_object(instance)
    kind: Any = type(field)
    if render := _find_renderer(kind):
        return render(field.value_from_object(instance) or "")
    if searchable is None and (field.many_to_one or field.one_to_one):
        # Wagtail would index the key, a number that means nothing to a reader.
        return None
    return _MISSING


@cache
def _find_renderer(field_class: Any) -> Callable[[str], Any] | None:
    """Return what turns the stored text of a kind of field into safe HTML, as the page shows it."""
    for owner in field_class.__mro__:
        if name := RENDERED_FIELDS.get(f"{owner.__module__}.{owner.__qualname__}"):
            renderer: Callable[[str], Any] = import_string(name)
            return renderer
    return None


def _from_embedding_fields(page: Page) -> Document:
    outline, title, important = Outline(), "", []
    for field in page.embedding_fields:
        if not isinstance(field, EmbeddingField):
            raise SettingsError(
                f'{type(page).__name__}.embedding_fields must hold EmbeddingField("name") objects, not {field!r}.'
            )
        value = _embedding_value(page, field.name)
        if field.name == "title":
            title = plain_text(value)
        elif field.important:
            important.append(plain_text(value))
        else:
            add_value(outline, value)
    return Document(title=title, sections=outline.sections(), important="\n\n".join(filter(None, important)))


def _embedding_value(page: Page, name: str) -> Any:
    value = _field_value(page, name)
    if value is not _MISSING and value is not None:
        return value
    if not hasattr(type(page), name):
        raise SettingsError(
            f'{type(page).__name__}.embedding_fields names "{name}", which is no field, attribute or method of it.'
        )
    try:
        value = getattr(page, name)
    except ObjectDoesNotExist:
        return None
    # Django's related managers are callable too.
    return value() if callable(value) and not isinstance(value, Manager) else value
