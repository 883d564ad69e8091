"""Page types that the tests index: a StreamField article, and one for each way of saying what is embedded."""

from __future__ import annotations

from django.db import models
from modelcluster.fields import ParentalKey
from pgvector.django import HalfVectorField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from wagtail_vector_search.admin.related import RelatedPagesPanel
from wagtail_vector_search.content import Document, EmbeddingField, Section
from wagtail_vector_search.curation import RelatedPagesField
from wagtail_vector_search.models import AbstractEmbedding


class QuoteBlock(blocks.StructBlock):
    title = blocks.CharBlock()
    quote = blocks.TextBlock()
    internal_note = blocks.CharBlock(required=False, search_index=False)


class SecretBlock(blocks.StructBlock):
    """A block that keeps itself out of search."""

    text = blocks.CharBlock()

    def get_searchable_content(self, value: object) -> list[str]:
        return []


class ArticlePage(Page):
    # The demo site has an ArticlePage, too, and both are installed here.
    page_ptr = models.OneToOneField(
        Page, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="+", serialize=False
    )
    introduction = models.TextField(blank=True)
    body = StreamField(
        [
            ("heading", blocks.CharBlock()),
            ("paragraph", blocks.RichTextBlock()),
            ("hidden", blocks.RichTextBlock(search_index=False)),
            ("code", blocks.TextBlock()),
            ("quote", QuoteBlock()),
            ("list", blocks.ListBlock(blocks.CharBlock())),
            ("group", blocks.StreamBlock([("heading", blocks.CharBlock()), ("paragraph", blocks.RichTextBlock())])),
            ("secret", SecretBlock()),
        ],
        blank=True,
    )
    category = models.CharField(max_length=50, blank=True)
    internal = models.TextField(blank=True, help_text="Not in search_fields: must never be embedded.")
    related = RelatedPagesField("related pages")

    search_fields = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("body"),
        index.SearchField("get_computed_text"),
        index.AutocompleteField("introduction"),
        index.FilterField("category"),
        index.RelatedFields("links", [index.SearchField("label"), index.FilterField("label")]),
    ]
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
        FieldPanel("category"),
        RelatedPagesPanel("related"),
    ]

    def get_computed_text(self) -> str:
        return f"Filed under {self.category}." if self.category else ""


class ArticleLink(Orderable):
    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=255)


class RichTextPage(Page):
    body = RichTextField(blank=True)

    search_fields = [*Page.search_fields, index.SearchField("body")]
    content_panels = [*Page.content_panels, FieldPanel("body")]


class EmbeddingFieldsPage(Page):
    """Says itself which fields are embedded, against its search_fields."""

    summary = models.TextField(blank=True)
    body = RichTextField(blank=True)
    notes = models.TextField(blank=True)

    search_fields = [*Page.search_fields, index.SearchField("notes")]
    embedding_fields = [
        EmbeddingField("title", important=True),
        EmbeddingField("summary", important=True),
        EmbeddingField("body"),
    ]


class EmbeddingDocumentPage(Page):
    """Builds its own document."""

    facts = models.TextField(blank=True)

    def get_embedding_document(self) -> Document:
        return Document(title=self.title, sections=(Section(heading="Facts", anchor="facts", text=self.facts),))


class OptionalPage(Page):
    """Keeps some of its pages out of search, by both hooks of Wagtail's search."""

    introduction = models.TextField(blank=True)
    hide_from_search = models.BooleanField(default=False)
    has_instance = models.BooleanField(default=True)

    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("hide_from_search")]

    @classmethod
    def get_indexed_objects(cls) -> models.QuerySet[Page]:
        return super().get_indexed_objects().filter(hide_from_search=False)

    def get_indexed_instance(self) -> Page | None:
        return super().get_indexed_instance() if self.has_instance else None

    def get_url_parts(self, request: object = None) -> tuple[int, str, str] | None:
        """Folders have no address."""
        return None if self.slug.startswith("folder") else super().get_url_parts(request)


class OptionalChildPage(OptionalPage):
    """Inherits the rules."""


class Embedding100(AbstractEmbedding):
    """A project's own table, for a dimension that the package has none for."""

    embedding = HalfVectorField(dimensions=100)
