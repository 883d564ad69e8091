"""Small things the templates of the demo site need."""

from __future__ import annotations

from itertools import accumulate

from django import template
from django.template.context import RequestContext
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page, Site

from ..models import HomePage, mark_locked
from ..searching import example_questions as questions_to_try

#: Words of the longest excerpt.
EXCERPT_WORDS = 55

register = template.Library()


@register.filter
def excerpt(marked: SafeString) -> SafeString:
    """Return the stretch of a passage that holds most of the marked words.

    Args:
        marked: what the ``highlight`` filter returns: text in which each marked word is an element of its own, so
            that cutting between words never cuts an element.
    """
    words = marked.split()
    if len(words) <= EXCERPT_WORDS:
        return marked
    marks = [0, *accumulate(word.count("<mark>") for word in words)]
    starts = range(len(words) - EXCERPT_WORDS + 1)
    start = max(starts, key=lambda start: (marks[start + EXCERPT_WORDS] - marks[start], -start))
    end = start + EXCERPT_WORDS
    before, after = "… " if start else "", " …" if end < len(words) else ""
    return mark_safe(before + " ".join(words[start:end]) + after)  # noqa: S308  # a part of what was safe


@register.filter
def short_name(title: str) -> str:
    """Return the part of an article's title before its summary."""
    return title.partition(" — ")[0]


@register.filter
def summary(title: str) -> str:
    """Return the part of an article's title after its name."""
    return title.partition(" — ")[2]


@register.simple_tag
def breadcrumbs(page: Page) -> list[Page]:
    """Return the pages from the home page down to the one above a page, each with ``is_locked``."""
    return mark_locked(page.get_ancestors().filter(depth__gt=1))


@register.simple_tag(takes_context=True)
def home_page(context: RequestContext) -> Page | None:
    """Return the home page in the visitor's language."""
    site = Site.find_for_request(context["request"])
    return site.root_page.localized if site else HomePage.objects.first()


@register.simple_tag
def translations(page: Page) -> list[Page]:
    """Return the live translations of a page with their locale."""
    return list(page.get_translations().live().public().select_related("locale"))


@register.simple_tag
def example_questions() -> tuple[str, ...]:
    """Return questions to try, in the visitor's language."""
    return questions_to_try()
