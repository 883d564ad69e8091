"""Arguments of several commands: search backends and locales."""

from __future__ import annotations

from django.core.management.base import CommandError
from wagtail.models import Locale

from ..backends.keyword_backend import get_configured_backends

#: Names that need no entry in ``WAGTAILSEARCH_BACKENDS``.
OURS = ("hybrid", "semantic", "keyword")


def backend_path(name: str) -> str:
    """Return the alias or dotted path of the search backend with a name."""
    is_ours = name in OURS and name not in get_configured_backends()
    return f"wagtail_vector_search.backends.{name}" if is_ours else name


def get_locale(language_code: str) -> Locale:
    """Return the locale of a language code.

    Raises:
        CommandError: the site has no such locale.
    """
    locale = Locale.objects.filter(language_code=language_code).first()
    if locale is None:
        known = ", ".join(Locale.objects.values_list("language_code", flat=True)) or "none"
        raise CommandError(f'The site has no locale "{language_code}" (locales: {known}).')
    return locale
