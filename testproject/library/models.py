"""The page types of the demo site: a home page per language, sections, and articles made of blocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from wagtail_vector_search import RelatedPagesField
from wagtail_vector_search.admin.related import RelatedPagesPanel

from .blocks import BodyBlock

PageContext = dict[str, object]


class AbstractListingPage(Page):
    """A page that introduces and lists the pages below it."""

    introduction = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> PageContext:
        """Add the live pages below, each with ``is_locked``."""
        context: PageContext = super().get_context(request, *args, **kwargs)
        context["children"] = mark_locked(self.get_children().live().specific())
        return context


class HomePage(AbstractListingPage):
    """The first page of a language: the question box and the sections."""

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["library.SectionPage"]


class SectionPage(AbstractListingPage):
    """A theme, which holds articles and smaller sections."""

    parent_page_types: ClassVar[list[str]] = ["library.HomePage", "library.SectionPage"]
    subpage_types: ClassVar[list[str]] = ["library.SectionPage", "library.ArticlePage"]


class ArticlePage(Page):
    """One module, class, function or topic, with articles on its parts below it."""

    introduction = models.TextField(_("introduction"), blank=True)
    body = StreamField(BodyBlock(), blank=True)
    related = RelatedPagesField(_("related pages"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
        RelatedPagesPanel("related"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]
    parent_page_types: ClassVar[list[str]] = ["library.SectionPage", "library.ArticlePage"]
    subpage_types: ClassVar[list[str]] = ["library.ArticlePage"]

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> PageContext:
        """Add the live articles below."""
        context: PageContext = super().get_context(request, *args, **kwargs)
        context["children"] = self.get_children().live()
        return context


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
