"""Search by words alone, ranked by BM25: ``wagtail_vector_search.backends.keyword``."""

from ..retrieval import Legs
from .base import BaseVectorSearchBackend


class KeywordSearchBackend(BaseVectorSearchBackend):
    """Ranks pages by the keyword leg alone; never calls a provider."""

    legs = Legs.KEYWORD


SearchBackend = KeywordSearchBackend
