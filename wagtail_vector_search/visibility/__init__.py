"""Who may see what: one rule for "published", one for "private", checked on the current rows at query time."""

from .closed_paths import KNOWN_CLOSED_PATHS, closed_paths_sql, is_private_sql
from .pages import visible_pages, visible_to
from .sites import find_site, in_site, in_site_of, of_site, site_lookup_sql

__all__ = [
    "KNOWN_CLOSED_PATHS",
    "closed_paths_sql",
    "find_site",
    "in_site",
    "in_site_of",
    "is_private_sql",
    "of_site",
    "site_lookup_sql",
    "visible_pages",
    "visible_to",
]
