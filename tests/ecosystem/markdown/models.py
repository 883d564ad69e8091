"""A page written in Markdown: a field, and a block of a stream."""

from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtailmarkdown.blocks import MarkdownBlock
from wagtailmarkdown.fields import MarkdownField


class ManualPage(Page):
    text = MarkdownField(blank=True)
    body = StreamField([("markdown", MarkdownBlock())], blank=True)

    search_fields = [*Page.search_fields, index.SearchField("text"), index.SearchField("body")]
