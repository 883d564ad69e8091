"""``{% load vector_search_tags %}``: each tag and filter only delegates.

Django imports this module in every process that makes a template engine, so searching is imported when it is used.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def related_pages(page: Any, limit: Any = 5, queryset: Any = None, request: Any = None) -> list[Any]:
    """``{% related_pages page limit=5 as pages %}``: the pages nearest in meaning; see ``retrieval.related_pages``.

    Pages of other sites are not among them, unless ``queryset`` or the setting ``ALL_SITES`` asks for them.
    """
    from .. import retrieval
    from .. import template_arguments as arguments

    if (read := arguments.read_page(page)) is None:
        return []
    return retrieval.related_pages(
        read,
        limit=arguments.read_limit(limit, 5),
        queryset=arguments.read_queryset(queryset),
        request=arguments.read_request(request),
    )


@register.simple_tag(takes_context=True)
def search_pages(
    context: Any,
    query: Any,
    limit: Any = 10,
    queryset: Any = None,
    backend: Any = "",
    request: Any = None,
    correct_spelling: Any = True,
) -> Any:
    """``{% search_pages query limit=10 as results %}``: search results; see ``retrieval.search_pages``.

    Without ``queryset``, only pages of the site that the template is rendered for are searched.
    """
    from .. import retrieval, visibility
    from .. import template_arguments as arguments

    return retrieval.search_pages(
        arguments.read_query(query),
        limit=arguments.read_limit(limit, 10),
        queryset=arguments.read_queryset(queryset),
        backend=arguments.read_backend(backend),
        request=arguments.read_request(request),
        site=visibility.find_site(arguments.read_request(context.get("request"))),
        correct_spelling=arguments.read_flag(correct_spelling, default=True),
    )


@register.filter
def highlight(text: object, query: object) -> SafeString:
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
def heading_anchor(heading: object) -> str:
    """``<h2 id="{{ heading|heading_anchor }}">``: the anchor of a heading by itself; see ``content.heading_anchor``."""
    from .. import content

    return content.heading_anchor("" if heading is None else str(heading))
