"""A page whose paragraphs refer to footnotes."""

from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail_footnotes.blocks import RichTextBlockWithFootnotes


class EssayPage(Page):
    body = StreamField([("paragraph", RichTextBlockWithFootnotes())], blank=True)

    search_fields = [
        *Page.search_fields,
        index.SearchField("body"),
        index.RelatedFields("footnotes", [index.SearchField("text")]),
    ]
