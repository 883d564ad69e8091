"""Search by meaning alone: ``wagtail_vector_search.backends.semantic``."""

from ..retrieval import Legs
from .base import BaseVectorSearchBackend


class SemanticSearchBackend(BaseVectorSearchBackend):
    """Ranks pages by the semantic leg alone, and by words while queries cannot be embedded."""

    legs = Legs.SEMANTIC


SearchBackend = SemanticSearchBackend
