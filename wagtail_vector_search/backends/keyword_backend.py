"""The search backend that answers what vectors cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from modelsearch.backends import import_backend
from modelsearch.conf import get_app_config

#: Used when every configured backend is one of ours.
FALLBACK = "modelsearch.backends.database"


def get_configured_backends() -> Mapping[str, Mapping[str, Any]]:
    """Return ``WAGTAILSEARCH_BACKENDS``, or ``MODELSEARCH_BACKENDS`` outside Wagtail."""
    return get_app_config().get_search_backend_config()


def choose_keyword_backend(chosen: str, is_ours: Callable[[str], bool]) -> str:
    """Return the alias or dotted path of the keyword backend.

    Args:
        chosen: ``KEYWORD_BACKEND`` in settings; when empty, the first configured backend that is not ours.
        is_ours: whether a dotted path leads to a backend of this package.

    Raises:
        ImproperlyConfigured: ``chosen`` is one of ours, which would answer itself for ever.
    """
    configured = get_configured_backends()
    if not chosen:
        return next((alias for alias, entry in configured.items() if not is_ours(entry["BACKEND"])), FALLBACK)
    if is_ours(configured[chosen]["BACKEND"] if chosen in configured else chosen):
        raise ImproperlyConfigured(
            f'KEYWORD_BACKEND is "{chosen}", which is itself a backend of wagtail_vector_search. '
            f'Set it to one that is not, such as "{FALLBACK}".'
        )
    return chosen


def is_configured(name: str) -> bool:
    """Return whether a backend has an entry of its own in settings, and so is kept up to date without us."""
    configured = get_configured_backends()
    if name in configured:
        return True
    backend = import_backend(name)
    for entry in configured.values():
        with suppress(ImportError):
            if import_backend(entry["BACKEND"]) is backend:
                return True
    return False
