"""The one page type that the benchmarks fill."""

from __future__ import annotations

from django.db import models
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index


class DocumentPage(Page):
    """A document of a collection, or a synthetic one."""

    body = RichTextField()
    #: 0 to 999, evenly spread: filtering on it keeps a known share of the pages.
    bucket = models.PositiveSmallIntegerField(db_index=True)

    search_fields = [*Page.search_fields, index.SearchField("body"), index.FilterField("bucket")]
