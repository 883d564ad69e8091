"""System checks of page types: what search does not read of them. Nothing is wrong, but the developer should know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Info, Tags, register
from modelsearch.index import SearchField

from .conf import SETTING_NAME, IndexSettings, get_all_index_settings
from .database.tables import page_model
from .exceptions import SettingsError


def register_page_type_checks() -> None:
    """Register every check; called once from the app's ``ready``."""
    register(check_boosts, Tags.models)
    register(check_titles, Tags.database)


def check_boosts(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A ``boost`` of Wagtail's search says nothing here."""
    messages: list[CheckMessage] = []
    for model in _indexed_page_types():
        if "search_fields" not in vars(model) or _has_own_list(model):
            continue
        inherited = set(map(id, super(model, model).search_fields))
        boosted = [
            field.field_name
            for field in model.get_search_fields()
            # The title weighs more than the rest anyway.
            if isinstance(field, SearchField) and field.field_name != "title" and id(field) not in inherited
            if field.boost not in (None, 1)
        ]
        if boosted:
            names = ", ".join(f'"{name}"' for name in boosted)
            messages.append(
                Info(
                    f"The boost of {names} in {model._meta.label}.search_fields says nothing to vector search.",
                    hint=(
                        "Other search backends read it. To have words weigh as much as those of the title, declare "
                        'embedding_fields with EmbeddingField("name", important=True).'
                    ),
                    obj=model,
                    id="wagtail_vector_search.I001",
                )
            )
    return messages


def check_titles(app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Page types of which search reads the title alone. Not asked by a process that only starts: it reads no page."""
    if not databases:
        return []
    from .content import is_read_by_title_only

    labels = sorted(model._meta.label for model in _indexed_page_types() if is_read_by_title_only(model))
    if not labels:
        return []
    return [
        Info(
            f"Search reads these page types by their title only: {', '.join(labels)}.",
            hint=(
                'Add index.SearchField("name") to their search_fields for what visitors should find (RawHTMLBlock and '
                f"blocks with search_index=False have no text), or leave them out: {SETTING_NAME}[...]"
                '["EXCLUDE_PAGE_TYPES"].'
            ),
            id="wagtail_vector_search.I002",
        )
    ]


def _has_own_list(model: Any) -> bool:
    return hasattr(model, "get_embedding_document") or getattr(model, "embedding_fields", None) is not None


def _indexed_page_types() -> list[Any]:
    """Return the page types that one of the indexes reads."""
    try:
        configured = get_all_index_settings()
    except SettingsError:
        return []  # reported by check_settings
    base = page_model()
    return [
        model
        for model in apps.get_models()
        if issubclass(model, base) and model is not base and any(_reads(index, model) for index in configured)
    ]


def _reads(index: IndexSettings, model: type) -> bool:
    try:
        included, excluded = (
            tuple(map(apps.get_model, labels)) for labels in (index.page_types, index.exclude_page_types)
        )
    except (LookupError, ValueError):
        return False  # reported by check_settings
    return not issubclass(model, excluded) and (not included or issubclass(model, included))
