"""What an editor is writing, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, get_script_prefix, resolve
from wagtail.models import PageViewRestriction

from ...retrieval import page_model

#: Characters of a text that are read at all; what a search reads of it, the settings say.
MOST_READ = 4000


@dataclass(frozen=True, slots=True)
class Writing:
    """What is being written."""

    #: The words that shall become a link; empty when there are none.
    selected: str
    #: The paragraph, then what stands around it.
    text: str
    #: The page that is edited; ``None`` for one that is not saved yet, and for anything else than a page.
    page: Any = None
    #: The page that a new one will be below; ``None`` when it is not about a new page.
    parent: Any = None

    @property
    def place(self) -> Any:
        """The page, or the one above it."""
        return self.page or self.parent

    @property
    def is_private(self) -> bool:
        """Whether the page is kept from some visitors. One SQL statement."""
        if self.place is None:
            return False
        step = page_model().steplen
        paths = [self.place.path[:end] for end in range(step, len(self.place.path) + 1, step)]
        return PageViewRestriction.objects.filter(page__path__in=paths).exists()


def read_writing(request: HttpRequest) -> Writing:
    """Return what the editor sent: ``selected``, ``text``, and ``editing``, the address of the editor."""
    selected, text = (request.POST.get(name, "")[:MOST_READ] for name in ("selected", "text"))
    page, parent = _find_place(request.POST.get("editing", ""), request.user)
    return Writing(selected.strip(), text.strip(), page, parent)


def _find_place(address: str, user: Any) -> tuple[Any, Any]:
    """Return the page and the parent that an address of the page editor stands for, if the user may edit there."""
    try:
        match = resolve("/" + unquote(urlsplit(address).path).removeprefix(get_script_prefix()))
    except (Resolver404, ValueError):
        return None, None
    arguments = [*match.kwargs.values(), *match.args]
    page = page_model().objects.filter(pk=arguments[-1]).first() if match.view_name in _EDITORS else None
    if page is None:
        return None, None
    permissions = page.permissions_for_user(user)
    if match.view_name == EDIT:
        return (page, None) if permissions.can_edit() else (None, None)
    return (None, page) if permissions.can_add_subpage() else (None, None)


EDIT = "wagtailadmin_pages:edit"
_EDITORS = (EDIT, "wagtailadmin_pages:add")
