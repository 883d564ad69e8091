"""What an editor is writing, and the pages nearest to it, among those that the editor may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import PageViewRestriction

from ...curation import RelatedPages
from ...exceptions import ProviderError
from ...retrieval import Legs, page_model, rank_pages, related_pages, visible_to
from ..editor.draft import may_embed_drafts
from ..editor.page_state import find_serving
from ..permissions import explorable_pages

#: Upper bound for the characters of a text; ``MAX_QUERY_LENGTH`` of the settings bounds what a search reads.
MOST_READ = 4000
#: The most pages that are suggested.
MOST = 12
#: Of these, the most for the selected words while there is also a text.
MOST_FOR_WORDS = 6

_EDIT, _ADD = "wagtailadmin_pages:edit", "wagtailadmin_pages:add"


@dataclass(frozen=True, slots=True)
class Writing:
    """What is being written."""

    #: The words to link; empty when none are selected.
    selected: str
    #: The paragraph, then those around it.
    text: str
    #: The page that is edited; ``None`` for one that is not saved yet, and for another object than a page.
    page: Any = None
    #: The parent of a new page; ``None`` for a page that is saved.
    parent: Any = None

    @property
    def place(self) -> Any:
        """The page, or the parent of the new one."""
        return self.page or self.parent

    @property
    def is_private(self) -> bool:
        """Whether the page is private. One SQL statement."""
        if self.place is None:
            return False
        step = page_model().steplen
        paths = [self.place.path[:end] for end in range(step, len(self.place.path) + 1, step)]
        return PageViewRestriction.objects.filter(page__path__in=paths).exists()


def read_writing(request: HttpRequest) -> Writing:
    """Return what the browser sent: ``selected``, ``text``, and ``editing``, the address of the page editor."""
    selected, text = (request.POST.get(name, "")[:MOST_READ] for name in ("selected", "text"))
    page, parent = _find_place(request.POST.get("editing", ""), request.user)
    return Writing(selected.strip(), text.strip(), page, parent)


def _find_place(address: str, user: Any) -> tuple[Any, Any]:
    """Return the page and the parent in an address of the page editor, if the user may edit there."""
    try:
        match = resolve("/" + unquote(urlsplit(address).path).removeprefix(get_script_prefix()))
    except (Resolver404, ValueError):
        return None, None
    arguments = [*match.kwargs.values(), *match.args]
    page = page_model().objects.filter(pk=arguments[-1]).first() if match.view_name in (_EDIT, _ADD) else None
    if page is None:
        return None, None
    permissions = page.permissions_for_user(user)
    if match.view_name == _EDIT:
        return (page, None) if permissions.can_edit() else (None, None)
    return (None, page) if permissions.can_add_subpage() else (None, None)


class Suggestion(NamedTuple):
    """A page to link to."""

    #: A page that the editor may see in the explorer.
    page: Any
    #: What it is close to, in the editor's words.
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
    try:
        may_embed = target.provider.is_local or (
            may_embed_drafts(target) and (target.settings.private_pages or not writing.is_private)
        )
    except ProviderError:
        may_embed = False
    legs = Legs.HYBRID if may_embed else Legs.KEYWORD
    near: dict[Any, str] = {}
    for key, what in _rank(writing, pages, target.settings.index_name, legs):
        near.setdefault(key, what)
    wanted = [*near][:MOST]
    loaded = pages.in_bulk(wanted)
    return Suggestions([Suggestion(loaded[key], near[key]) for key in wanted if key in loaded])


def _choosable_pages(writing: Writing, request: HttpRequest) -> QuerySet[Any]:
    """Return the pages that the page chooser would offer, that the editor may see and that can be searched."""
    pages = explorable_pages(request.user).exclude(depth=1)
    for hook in hooks.get_hooks("construct_page_chooser_queryset"):
        pages = hook(pages, request)
    if writing.place is not None:
        pages = pages.filter(locale=writing.place.locale_id)
    if writing.page is not None:
        pages = pages.exclude(Q(pk=writing.page.pk) | Q(translation_key=writing.page.translation_key))
    return visible_to(request, pages)


def _rank(writing: Writing, pages: QuerySet[Any], index_name: str, legs: Legs) -> Iterator[tuple[Any, str]]:
    """Yield primary keys with what they are close to, best first; some twice."""
    most = MOST_FOR_WORDS if writing.text else MOST
    language_code = writing.place.locale.language_code if writing.place is not None else ""
    for query, limit, near in (
        (writing.selected, most, _("the selected words")),
        (writing.text, MOST, _("this paragraph")),
    ):
        ranking = rank_pages(
            query, pages, index_name=index_name, legs=legs, language_code=language_code, has_operators=False
        )
        yield from ((ranked.page_id, near) for ranked in ranking.pages[:limit])
    if writing.page is not None:
        nearest = related_pages(writing.page, limit=MOST, queryset=pages, index_name=index_name, choice=RelatedPages())
        yield from ((page.pk, _("this page")) for page in nearest)
