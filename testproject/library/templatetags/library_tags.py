"""Small things the templates of the demo site need."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext
from django.utils.safestring import SafeString
from wagtail.models import Page, Site

from .. import excerpts
from ..locks import mark_locked
from ..models import HomePage
from ..searching import example_questions as questions_to_try

register = template.Library()


@register.filter
def excerpt(marked: SafeString) -> SafeString:
    """Return the most telling part of a highlighted passage."""
    return excerpts.excerpt(marked)


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
