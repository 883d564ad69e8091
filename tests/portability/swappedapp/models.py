"""A page type on Wagtail's own example of a page model that replaces ``wagtailcore.Page``."""

from django.db import models
from wagtail.search import index
from wagtail.test.basepage.models import BasePage


class StoryPage(BasePage):
    text = models.TextField(blank=True)

    search_fields = [*BasePage.search_fields, index.SearchField("text")]
