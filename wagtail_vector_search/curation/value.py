"""The value of a ``RelatedPagesField``. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

#: The most pages that one page can pin, and hide: each costs a look-up whenever it is shown.
MOST_PINNED = 50
MOST_HIDDEN = 200

_LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class RelatedPages:
    """The choice of an editor among the pages related to a page."""

    #: Primary keys of the pages to show first, in this order.
    pinned: tuple[int, ...] = ()
    #: Primary keys of the pages never to show.
    hidden: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pinned or self.hidden)

    @classmethod
    def parse(cls, value: Any) -> RelatedPages:
        """Read a value strictly: from itself, ``{"pinned": [3, 1], "hidden": [2]}``, that as JSON, or nothing.

        Raises:
            ValueError: it is something else; the message is for the editor or developer who wrote it.
        """
        if isinstance(value, cls):
            parsed = value
        else:
            lists = _read_lists(value)
            parsed = cls(tuple(lists.get("pinned") or ()), tuple(lists.get("hidden") or ()))
            for key in (*parsed.pinned, *parsed.hidden):
                if not _is_key(key):
                    raise ValueError(_("“%(value)s” is not the id of a page.") % {"value": str(key)[:50]})
        both = set(parsed.pinned) & set(parsed.hidden)
        if both:
            raise ValueError(_("Page %(id)s cannot be both pinned and hidden.") % {"id": min(both)})
        if any(len(set(keys)) < len(keys) for keys in (parsed.pinned, parsed.hidden)):
            raise ValueError(_("The same page cannot be chosen twice."))
        if len(parsed.pinned) > MOST_PINNED:
            raise ValueError(_("No more than %(most)s pages can be pinned.") % {"most": MOST_PINNED})
        if len(parsed.hidden) > MOST_HIDDEN:
            raise ValueError(_("No more than %(most)s pages can be hidden.") % {"most": MOST_HIDDEN})
        return parsed

    @classmethod
    def read(cls, value: Any) -> RelatedPages:
        """Read a stored value without an error: what is not valid is left out."""
        try:
            lists = value.as_json() if isinstance(value, cls) else _read_lists(value)
        except ValueError:
            return cls()
        return cls(_keys_in(lists.get("pinned"), MOST_PINNED), _keys_in(lists.get("hidden"), MOST_HIDDEN))

    def as_json(self) -> dict[str, list[int]]:
        """Return what is stored."""
        return {"pinned": list(self.pinned), "hidden": list(self.hidden)}


def _read_lists(value: Any) -> Mapping[str, Any]:
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ValueError(_("This is not a choice of related pages.")) from error
    names = {"pinned", "hidden"}
    if not isinstance(value, Mapping) or set(value) - names:
        raise ValueError(_("This is not a choice of related pages."))
    if not all(isinstance(value.get(name) or [], (list, tuple)) for name in names):
        raise ValueError(_("This is not a choice of related pages."))
    return value


def _is_key(value: Any) -> bool:
    return type(value) is int and 0 < value <= _LARGEST_KEY


def _keys_in(values: Any, most: int) -> tuple[int, ...]:
    known: Iterable[int] = filter(_is_key, values if isinstance(values, (list, tuple)) else ())
    return tuple(dict.fromkeys(known))[:most]
