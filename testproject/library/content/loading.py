"""Save many pages at once, as fixtures are loaded: every column is given, and no signal handler acts.

Saving a page for an editor takes ten statements and several background tasks. Hundreds of pages that are indexed
together afterwards need none of that.
"""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page


class PageLoader:
    """Collects new pages below existing ones, then saves them all."""

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._existing_parents: dict[str, Page] = {}
        self._now = timezone.now()

    def add(self, parent: Page, page: Page) -> None:
        """Put a page below another, as the last of its children.

        Args:
            parent: a page of the database, or one added before.
            page: a new specific page with title, slug and its own fields.
        """
        if parent.pk:
            self._existing_parents[parent.path] = parent
        parent.numchild += 1
        page.depth = parent.depth + 1
        page.numchild = 0
        page.path = Page._get_path(parent.path, page.depth, parent.numchild)
        page.url_path = f"{parent.url_path}{page.slug}/"
        page.locale = parent.locale
        page.content_type = ContentType.objects.get_for_model(type(page))
        page.draft_title = page.title
        page.live = True
        page.first_published_at = page.last_published_at = page.latest_revision_created_at = self._now
        self._pages.append(page)

    @transaction.atomic
    def save(self) -> None:
        """Save everything that was added."""
        names = [field.attname for field in Page._meta.concrete_fields if not field.primary_key]
        rows = [Page(**{name: getattr(page, name) for name in names}) for page in self._pages]
        for page, row in zip(self._pages, Page.objects.bulk_create(rows, batch_size=200), strict=True):
            page.page_ptr_id = page.id = row.pk
            page.save_base(raw=True, force_insert=True)
        for parent in self._existing_parents.values():
            Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild)
        self._pages.clear()
        self._existing_parents.clear()
