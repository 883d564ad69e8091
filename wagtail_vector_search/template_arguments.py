"""What a template hands to a tag. A variable may be missing, empty or of another type: a page must not fail for it.

A missing variable is ``""`` in Django (or ``string_if_invalid``) and ``Undefined`` in Jinja2. Nothing to search finds
nothing; an option that makes no sense is the default, and the log says so at level DEBUG.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.db.models import Manager, QuerySet
from django.utils.functional import Promise
from modelsearch.query import SearchQuery

from .database.tables import page_model

logger = logging.getLogger(__name__)


def read_query(value: Any) -> Any:
    """Return a query: text, or a query class of ``wagtail.search.query``; empty where it is neither."""
    if isinstance(value, (str, SearchQuery)):
        return value
    if isinstance(value, (int, float, Promise)) and not isinstance(value, bool):
        return str(value)
    _say(value, "query", "nothing to search for")
    return ""


def read_limit(value: Any, default: int) -> int:
    """Return a number of pages, not below 0; the default where it is no whole number."""
    if isinstance(value, (int, float, Decimal, str)) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):  # "x", not a number, infinite
            number = float(value)
            if number.is_integer():
                return max(int(number), 0)
    _say(value, "limit", str(default))
    return default


def read_queryset(value: Any) -> QuerySet[Any] | None:
    """Return what to search; ``None`` for the default, and an empty queryset where it is no queryset."""
    if value is None or isinstance(value, QuerySet):
        return value
    if isinstance(value, Manager):
        return value.all()
    _say(value, "queryset", "no pages")
    none: QuerySet[Any] = page_model()._default_manager.none()
    return none


def read_page(value: Any) -> Any:
    """Return a page; ``None`` where it is none."""
    if isinstance(value, page_model()):
        return value
    _say(value, "page", "no page")
    return None


def read_flag(value: Any, *, default: bool) -> bool:
    """Return true or false; the default where the variable is missing."""
    return value if isinstance(value, bool) else default


def read_backend(value: Any) -> str:
    """Return the name of a search backend; empty for the default."""
    return value if isinstance(value, str) else ""


def read_request(value: Any) -> Any:
    """Return a request; ``None`` where it is none."""
    try:
        return value if hasattr(value, "user") or hasattr(value, "META") else None
    except Exception:  # an undefined variable of Jinja2 raises at any attribute
        return None


def _say(value: Any, argument: str, instead: str) -> None:
    logger.debug("The %s of a template tag is of the type %s; taken for: %s.", argument, type(value).__name__, instead)
