"""Which pages only some visitors may read."""

from __future__ import annotations

from collections.abc import Iterable

from wagtail.models import Page, PageViewRestriction


def mark_locked(pages: Iterable[Page]) -> list[Page]:
    """Load pages and set ``is_locked`` on each, with one query for all of them.

    Args:
        pages: any pages; one below a restricted page is locked too.
    """
    locked_paths = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
    marked = list(pages)
    for page in marked:
        page.is_locked = page.path.startswith(locked_paths)
    return marked
