"""Search in one call, as the template tags need it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from modelsearch.backends import get_search_backend
from wagtail.models import Locale, Site

from ..conf import DEFAULT_INDEX, get_index_settings
from ..database.tables import page_model
from ..visibility import find_site, of_site, visible_to

#: Found without an entry in ``WAGTAILSEARCH_BACKENDS``, because Wagtail takes dotted paths, too.
DEFAULT_BACKEND = "wagtail_vector_search.backends.hybrid"


def search_pages(
    query: str,
    *,
    limit: int = 10,
    queryset: QuerySet[Any] | None = None,
    backend: str = "",
    request: Any = None,
    site: Site | None = None,
    correct_spelling: bool = True,
) -> Any:
    """Search the site's pages by meaning and by words; with another backend, as that one does.

    Args:
        query: What the visitor typed.
        limit: The most pages to return.
        queryset: The pages to search; by default all that are public, of one site, in the active locale if the site
            has several.
        backend: Alias or dotted path of a search backend; by default the hybrid one.
        request: Of the visitor, to find private pages that they may see, too (``visible_to``); by default none.
        site: Whose pages are searched without ``queryset``; by default that of ``request``. With the setting
            ``ALL_SITES`` of the index it is those of all sites.
        correct_spelling: ``False`` searches for exactly what was typed.

    Returns:
        Wagtail's lazy search results, at most ``limit``.
    """
    pages, search_backend = queryset, get_search_backend(backend or DEFAULT_BACKEND)
    if pages is None:
        pages = page_model()._default_manager.all()
        if getattr(settings, "WAGTAIL_I18N_ENABLED", False):
            pages = pages.filter(locale=Locale.get_active())
        if not get_index_settings(getattr(search_backend, "index_name", DEFAULT_INDEX)).all_sites:
            pages = of_site(site or find_site(request), pages)
    pages = visible_to(request, pages) if request else pages
    results = search_backend.search(query, pages)
    if not correct_spelling and hasattr(results, "as_typed"):  # other backends correct nothing
        results = results.as_typed()
    return results[:limit]
