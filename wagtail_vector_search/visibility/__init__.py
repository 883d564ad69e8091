"""Who may see what: one rule for "published", one for "private", checked on the current rows at query time."""

from .pages import visible_pages, visible_to

__all__ = ["visible_pages", "visible_to"]
