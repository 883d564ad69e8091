"""A page that may have variants for groups of visitors, which its class keeps out of search."""

from django.db import models
from wagtail.models import Page
from wagtail.search import index
from wagtail_personalisation.models import PersonalisablePageMixin
from wagtail_personalisation.utils import exclude_variants


class NoticePage(PersonalisablePageMixin, Page):
    text = models.TextField(blank=True)

    search_fields = [*Page.search_fields, index.SearchField("text")]

    @classmethod
    def get_indexed_objects(cls):
        return exclude_variants(super().get_indexed_objects())
