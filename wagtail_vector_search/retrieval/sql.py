"""What every statement of a search needs: quoted tables and one way to run it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import swapper
from django.db import connections, models


class SQL(NamedTuple):
    """A piece of SQL with the values of its placeholders."""

    text: str
    params: tuple[Any, ...] = ()


def fetch_all(using: str, text: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement on the database ``using`` and return its rows."""
    with connections[using].cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()


def table(model: type[models.Model]) -> str:
    """Return the quoted name of a model's table."""
    return quoted(model._meta.db_table)


def quoted(name: str) -> str:
    """Return a name as SQL writes it; one that a project has quoted itself stays as it is."""
    return name if name.startswith('"') else f'"{name}"'


def page_model() -> Any:
    """Return the page model of the project: Wagtail's own, or the one it was swapped for."""
    return swapper.load_model("wagtailcore", "Page")


def page_key_type(using: str) -> str:
    """Return the PostgreSQL type of a page's primary key."""
    return str(page_model()._meta.pk.rel_db_type(connections[using]))


def page_key() -> str:
    """Return the name of the page model's primary key, which every page type inherits."""
    return str(page_model()._meta.pk.name)
