"""Pages that show other objects: an author, categories, tags, notes that are chosen in a StreamField."""

from __future__ import annotations

from typing import Any

from django.db import models
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import TaggedItemBase
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index
from wagtail.snippets.blocks import SnippetChooserBlock
from wagtail.snippets.models import register_snippet

from wagtail_vector_search.content import Document, EmbeddingField


class Country(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name


@register_snippet
class Author(models.Model):
    name = models.CharField(max_length=50)
    email = models.EmailField(blank=True)
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.SET_NULL)

    panels = [FieldPanel("name"), FieldPanel("email")]

    def __str__(self) -> str:
        return self.name


@register_snippet
class Category(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name


@register_snippet
class Footnote(models.Model):
    """Nothing but notes show it."""

    text = models.CharField(max_length=255)

    def __str__(self) -> str:
        return self.text


class FootnoteChooserBlock(SnippetChooserBlock):
    def get_searchable_content(self, value: Any) -> list[str]:
        return [value.text] if value else []


@register_snippet
class Note(models.Model):
    """Text that many pages show, and that shows footnotes itself."""

    text = models.CharField(max_length=255)
    footnotes = StreamField([("footnote", FootnoteChooserBlock(Footnote))], blank=True)

    panels = [FieldPanel("text")]

    def __str__(self) -> str:
        return self.text


class NoteChooserBlock(SnippetChooserBlock):
    def get_searchable_content(self, value: Any) -> list[str]:
        return [value.text, *(footnote.value.text for footnote in value.footnotes)] if value else []


class RecipeTag(TaggedItemBase):
    content_object = ParentalKey("RecipePage", on_delete=models.CASCADE, related_name="tagged_items")


class RecipePage(Page):
    author = models.ForeignKey(Author, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    tester = models.ForeignKey(Author, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    categories = ParentalManyToManyField(Category, blank=True, related_name="recipes")
    rivals = ParentalManyToManyField(Category, blank=True, related_name="+", help_text="Not in search_fields.")
    tags = ClusterTaggableManager(through=RecipeTag, blank=True)
    cooked_on = models.DateField(null=True, blank=True)
    body = StreamField(
        [
            ("paragraph", blocks.TextBlock()),
            ("note", NoteChooserBlock(Note)),
            ("silent_author", SnippetChooserBlock(Author)),
        ],
        blank=True,
    )

    search_fields = [
        *Page.search_fields,
        index.SearchField("body"),
        index.RelatedFields(
            "author", [index.SearchField("name"), index.RelatedFields("country", [index.SearchField("name")])]
        ),
        index.RelatedFields("categories", [index.SearchField("name"), index.FilterField("name")]),
        index.RelatedFields("tags", [index.SearchField("name"), index.FilterField("name")]),
        index.RelatedFields("steps", [index.SearchField("text")]),
    ]
    content_panels = [
        *Page.content_panels,
        FieldPanel("author"),
        FieldPanel("categories"),
        FieldPanel("tags"),
        FieldPanel("body"),
        InlinePanel("steps"),
    ]


class Step(Orderable):
    page = ParentalKey(RecipePage, on_delete=models.CASCADE, related_name="steps")
    text = models.CharField(max_length=255)


class ReviewPage(Page):
    """Says by ``embedding_fields`` what it shows: a related object, and what a method makes of another."""

    critic = models.ForeignKey(Author, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    dish = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    embedding_fields = [EmbeddingField("title"), EmbeddingField("critic"), EmbeddingField("dish_name")]

    def dish_name(self) -> str:
        return self.dish.name if self.dish else ""


class MenuPage(Page):
    """Shows another page, and builds its own document of that and of what is chosen in its body."""

    main_course = models.ForeignKey(RecipePage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    body = StreamField([("note", SnippetChooserBlock(Note))], blank=True)

    search_fields = [*Page.search_fields, index.RelatedFields("main_course", [index.SearchField("title")])]

    def get_embedding_document(self) -> Document:
        shown = [self.main_course.title] if self.main_course else []
        shown += [block.value.text for block in self.body if block.value]
        return Document(title=self.title, sections=(), important=", ".join(shown))
