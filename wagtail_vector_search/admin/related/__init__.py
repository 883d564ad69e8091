"""Editors pin, order and hide the pages related to a page: the panel of a ``RelatedPagesField``."""

from .panel import RelatedPagesPanel

__all__ = ["RelatedPagesPanel"]
