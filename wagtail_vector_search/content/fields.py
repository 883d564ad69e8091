"""How a page class says what is embedded, when its ``search_fields`` should not decide."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmbeddingField:
    """One entry of ``embedding_fields`` on a page class; the list replaces ``search_fields`` altogether.

    ::

        class ArticlePage(Page):
            embedding_fields = [EmbeddingField("title", important=True), EmbeddingField("body")]

    Args:
        name: A field of the page, or an attribute or method without arguments. It may hold plain text, ``RichText``
            or HTML marked safe, a StreamField's value, a ``Section`` or a ``Document``, or a list of these.
        important: Its words weigh as much as those of the title. The field ``title`` is always the title.
    """

    name: str
    important: bool = False
