"""Search by meaning and by words: ``wagtail_vector_search.backends.hybrid``."""

from ..retrieval import Legs
from .base import BaseVectorSearchBackend


class HybridSearchBackend(BaseVectorSearchBackend):
    """Ranks pages by both legs; see ``BaseVectorSearchBackend``."""

    legs = Legs.HYBRID


SearchBackend = HybridSearchBackend
