"""The sections of a site: what stands directly below where it starts, with everything below that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from wagtail.models import Site

from ...database.tables import page_model
from ..permissions import explorable_pages

#: A site without sections, where all pages stand side by side, must not become a list of all its pages.
MAX_SECTIONS = 1000


@dataclass(frozen=True, slots=True)
class Section:
    """One section that a user may see."""

    page_id: Any
    path: str
    title: str


class Sections:
    """The sections of all sites and languages that a user may see in the explorer. Two statements."""

    def __init__(self, user: Any) -> None:
        #: In the order of the page tree.
        self.all = list(_read_sections(user))
        self._by_path = {section.path: section for section in self.all}
        self._lengths = sorted({len(section.path) for section in self.all}, reverse=True)

    def find(self, path: str) -> Section | None:
        """Return the section of a page, or ``None`` where it is in none, or in one that the user may not see.

        Args:
            path: of the page in the tree.
        """
        found = (self._by_path.get(path[:length]) for length in self._lengths if length <= len(path))
        return next(filter(None, found), None)


def _read_sections(user: Any) -> Iterable[Section]:
    roots = _root_paths()
    if not roots:
        return
    step = page_model().steplen
    below = reduce(or_, (Q(path__startswith=path, depth=len(path) // step + 1) for path in roots))
    pages = explorable_pages(user).filter(below, numchild__gt=0).order_by("path")
    for page_id, path, draft_title, title in pages.values_list("pk", "path", "draft_title", "title")[:MAX_SECTIONS]:
        yield Section(page_id, path, draft_title or title)


def _root_paths() -> list[str]:
    """Return where sites start in the tree, in every language."""
    starts = page_model().objects.filter(pk__in=Site.objects.values("root_page"))
    translations = page_model().objects.filter(translation_key__in=starts.values("translation_key"))
    return list(translations.order_by("path").values_list("path", flat=True))
