"""The searches that are compared, each through Wagtail's public interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class System(NamedTuple):
    """One way to search."""

    #: Its name in tables.
    label: str
    #: Options of ``search()``.
    options: Mapping[str, str]

    def search(self, queryset: Any, query: str) -> Any:
        """Return Wagtail's lazy results."""
        return queryset.search(query, **self.options)


SYSTEMS: Mapping[str, System] = {
    "wagtail": System("Wagtail, all words", {"backend": "default"}),
    "wagtail-or": System("Wagtail, any word", {"backend": "default", "operator": "or"}),
    "keyword": System("keyword leg", {"backend": "keyword"}),
    "semantic": System("semantic", {"backend": "semantic"}),
    "hybrid": System("hybrid", {"backend": "hybrid"}),
}
