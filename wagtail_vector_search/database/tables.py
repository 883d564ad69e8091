"""Names of tables and keys, as SQL writes them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import swapper
from django.db import connections
from django.db.models import Model
from wagtail.models import Locale, PageViewRestriction

from ..models import Entry, EntryRequest, EntryTerms, Generation, TermFrequency

#: Primary key of a page: an integer in Wagtail, whatever the project has chosen where it has swapped the page model.
PageKey: TypeAlias = Any


def page_model() -> Any:
    """Return the page model of the project: Wagtail's own, or the one it was swapped for."""
    return swapper.load_model("wagtailcore", "Page")


def page_key() -> str:
    """Return the name of the page model's primary key, which every page type inherits."""
    return str(page_model()._meta.pk.name)


def page_key_type(using: str) -> str:
    """Return the PostgreSQL type of a page's primary key."""
    return str(page_model()._meta.pk.rel_db_type(connections[using]))


def table_name(model: type[Model]) -> str:
    """Return the quoted name of a model's table."""
    return quoted(model._meta.db_table)


def quoted(name: str) -> str:
    """Return a name as SQL writes it; a name that the project has quoted itself stays as it is."""
    return name if name.startswith('"') else f'"{name}"'


@lru_cache
def template_names(using: str) -> dict[str, str]:
    """Return what ``{page}``, ``{entry}`` and so on stand for in the templates of statements.

    Args:
        using: the database.
    """
    models: dict[str, type[Model]] = {
        "page": page_model(),
        "locale": Locale,
        "restriction": PageViewRestriction,
        "generation": Generation,
        "entry": Entry,
        "entry_request": EntryRequest,
        "entry_terms": EntryTerms,
        "term_frequency": TermFrequency,
    }
    names = {name: table_name(model) for name, model in models.items()}
    return {**names, "pk": quoted(page_model()._meta.pk.column), "page_key": page_key_type(using)}
