"""A page whose texts there are in two languages."""

from django.db import models
from wagtail.models import Page
from wagtail.search import index


class NewsPage(Page):
    text = models.TextField(blank=True)

    search_fields = [*Page.search_fields, index.SearchField("text")]
