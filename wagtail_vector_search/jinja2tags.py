"""The template tags for Jinja2: add ``wagtail_vector_search.jinja2tags.VectorSearchExtension`` to its extensions."""

from __future__ import annotations

from jinja2 import Environment, pass_context
from jinja2.ext import Extension

from .templatetags.vector_search_tags import heading_anchor, highlight, related_pages, search_pages, with_anchors


class VectorSearchExtension(Extension):
    """Adds ``related_pages()`` and ``search_pages()``; filters ``highlight``, ``with_anchors``, ``heading_anchor``."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals.update(related_pages=related_pages, search_pages=pass_context(search_pages))
        environment.filters.update(highlight=highlight, with_anchors=with_anchors, heading_anchor=heading_anchor)
