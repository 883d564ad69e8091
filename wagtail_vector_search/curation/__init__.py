"""What editors choose among related pages: a field of the page, and its value."""

from .field import RelatedPagesField, read_choice
from .value import RelatedPages

__all__ = ["RelatedPages", "RelatedPagesField", "read_choice"]
