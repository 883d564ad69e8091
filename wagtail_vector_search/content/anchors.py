"""Anchors of headings: unique on a page, and the same in the index and in what a template renders."""

from __future__ import annotations

from collections.abc import Iterable

from .text import heading_anchor


class Anchors:
    """Gives the headings of one page their anchors, in the order of the page.

    Args:
        taken: Every ``id`` that stands on the page already, wherever it is.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._count: dict[str, int] = {}

    def add(self, heading: str) -> str:
        """Return the anchor of the next heading: ``fees``, then ``fees-2`` for another that reads the same."""
        slug = heading_anchor(heading)
        anchor, count = slug, self._count.get(slug, 1)
        while anchor in self._taken:
            count += 1
            anchor = f"{slug}-{count}"
        self._count[slug] = count
        self._taken.add(anchor)
        return anchor
