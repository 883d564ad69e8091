"""The pages that a judged query is asked of, in the language that it is asked in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import translation
from wagtail.models import Locale

from ..retrieval import page_model, visible_pages
from .judgments import JudgedQuery


@contextmanager
def pages_for(query: JudgedQuery, among: Any = None) -> Iterator[Any]:
    """Yield the pages that a visitor who asks a query can find, with the query's language active.

    Args:
        query: Of the judgments.
        among: Only these pages, a queryset; by default all.
    """
    # In the one form that every search backend can read.
    public = visible_pages(page_model()._default_manager.all() if among is None else among)
    pages = page_model()._default_manager.filter(pk__in=public.values("pk"))
    if query.language_code:
        pages = pages.filter(locale=Locale.objects.get(language_code=query.language_code))
    with translation.override(query.language_code or settings.LANGUAGE_CODE):
        yield pages
