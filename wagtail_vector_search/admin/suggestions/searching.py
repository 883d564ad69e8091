"""Finds the pages nearest to what is being written, among those that the editor may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail import hooks

from ...curation import RelatedPages
from ...exceptions import ProviderError
from ...retrieval import Legs, rank_pages, related_pages, visible_to
from ..editor.draft import may_embed_drafts
from ..editor.serving import find_serving
from ..permissions import explorable_pages
from .writing import Writing

#: The most pages that are suggested.
MOST = 12
#: Of these, the most for the selected words while there is also a text.
MOST_FOR_WORDS = 6


class Suggestion(NamedTuple):
    """A page to link to."""

    #: A page that the editor may see in the explorer.
    page: Any
    #: What it is near to, in the editor's words.
    near: str


class Suggestions(NamedTuple):
    """The pages to link to."""

    #: The nearest first; those for the selected words before those for the text, and those before the pages related to
    #: the whole page.
    found: list[Suggestion]
    #: Whether there is an index to find them in.
    is_ready: bool = True


def suggest_pages(writing: Writing, request: HttpRequest) -> Suggestions:
    """Return the pages nearest to a text. The number of SQL statements does not depend on how many there are.

    The text is embedded only by a provider in this process, or where ``EMBED_DRAFTS`` allows it; elsewhere pages are
    found by its words, and by the stored vectors of the page that is edited.

    Args:
        writing: What is being written.
        request: Of the editor.
    """
    target = find_serving()
    if target is None:
        return Suggestions([], is_ready=False)
    pages = _choosable_pages(writing, request)
    legs = Legs.HYBRID if _may_embed(target, writing) else Legs.KEYWORD
    near: dict[Any, str] = {}
    for key, what in _rank(writing, pages, target.settings.index_name, legs):
        near.setdefault(key, what)
    wanted = [*near][:MOST]
    loaded = pages.in_bulk(wanted)
    return Suggestions([Suggestion(loaded[key], near[key]) for key in wanted if key in loaded])


def _may_embed(target: Any, writing: Writing) -> bool:
    try:
        if target.provider.is_local:
            return True
        return may_embed_drafts(target) and (target.settings.private_pages or not writing.is_private)
    except ProviderError:
        return False


def _choosable_pages(writing: Writing, request: HttpRequest) -> QuerySet[Any]:
    """Return what the page chooser would offer of the pages that the editor may see, as far as it can be searched."""
    pages = explorable_pages(request.user).exclude(depth=1)
    for hook in hooks.get_hooks("construct_page_chooser_queryset"):
        pages = hook(pages, request)
    if writing.place is not None:
        pages = pages.filter(locale=writing.place.locale_id)
    if writing.page is not None:
        pages = pages.exclude(Q(pk=writing.page.pk) | Q(translation_key=writing.page.translation_key))
    return visible_to(request, pages)


def _rank(writing: Writing, pages: QuerySet[Any], index_name: str, legs: Legs) -> Iterator[tuple[Any, str]]:
    """Return primary keys with what they are near to, the best first; some twice."""
    most = MOST_FOR_WORDS if writing.text else MOST
    for query, limit, near in (
        (writing.selected, most, _("the selected words")),
        (writing.text, MOST, _("this paragraph")),
    ):
        ranking = rank_pages(query, pages, index_name=index_name, legs=legs, language_code=_language(writing))
        yield from ((ranked.page_id, near) for ranked in ranking.pages[:limit])
    if writing.page is not None:
        nearest = related_pages(writing.page, limit=MOST, queryset=pages, index_name=index_name, choice=RelatedPages())
        yield from ((page.pk, _("this page")) for page in nearest)


def _language(writing: Writing) -> str:
    return writing.place.locale.language_code if writing.place is not None else ""
