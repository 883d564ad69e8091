"""``{% load vector_search_tags %}``: each tag and filter only delegates.

Django imports this module in every process that makes a template engine, so searching is imported when it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.db.models import QuerySet
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def related_pages(page: Any, limit: int = 5, queryset: QuerySet[Any] | None = None, request: Any = None) -> list[Any]:
    """``{% related_pages page limit=5 as pages %}``: the pages nearest in meaning; see ``retrieval.related_pages``."""
    from .. import retrieval

    return retrieval.related_pages(page, limit=limit, queryset=queryset, request=request) if page else []


@register.simple_tag
def search_pages(
    query: str,
    limit: int = 10,
    queryset: QuerySet[Any] | None = None,
    backend: str = "",
    request: Any = None,
    correct_spelling: bool = True,
) -> Any:
    """``{% search_pages query limit=10 as results %}``: search results; see ``retrieval.search_pages``."""
    from .. import retrieval

    return retrieval.search_pages(
        query, limit=limit, queryset=queryset, backend=backend, request=request, correct_spelling=correct_spelling
    )


@register.filter
def highlight(text: object, query: str | Iterable[str]) -> SafeString:
    """``{{ text|highlight:query }}``: escaped, with the query's words in ``<mark>``; see ``retrieval.highlight``."""
    from .. import retrieval

    return retrieval.highlight(text, query)


@register.filter
def with_anchors(html: object) -> SafeString:
    """``{% filter with_anchors %}{% include_block page.body %}{% endfilter %}``: headings with the anchors of passages.

    Also ``{{ page.body|richtext|with_anchors }}``; see ``content.with_anchors``.
    """
    from .. import content

    return content.with_anchors(html)


@register.filter
def heading_anchor(heading: str) -> str:
    """``<h2 id="{{ heading|heading_anchor }}">``: the anchor of a heading by itself; see ``content.heading_anchor``."""
    from .. import content

    return content.heading_anchor(heading)
