"""Semantic and hybrid site search for Wagtail, in the project's own PostgreSQL.

Imports: a process that only starts, such as ``migrate`` or a web server before its first search, loads neither NumPy,
llm and RapidFuzz nor the paths that use them. So those are imported inside the functions that need them, and the paths
(``indexing``, ``retrieval``, ``status``, ``admin``) inside the functions that Django calls. Such an import needs no
comment. All others stand at the top, relative, and go downwards only (see the contracts in pyproject.toml).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .content import EmbeddingField
    from .curation import RelatedPagesField
    from .indexing.signals import pages_withdrawn
    from .providers import BaseEmbeddingProvider
    from .retrieval import SearchHit, highlight, related_pages, search_degraded, search_pages
    from .visibility import in_site, visible_to

__version__ = "0.1.0"

__all__ = [
    "BaseEmbeddingProvider",
    "EmbeddingField",
    "RelatedPagesField",
    "SearchHit",
    "highlight",
    "in_site",
    "pages_withdrawn",
    "related_pages",
    "search_degraded",
    "search_pages",
    "visible_to",
]

_PACKAGES = {
    "BaseEmbeddingProvider": "providers",
    "EmbeddingField": "content",
    "RelatedPagesField": "curation",
    "SearchHit": "retrieval",
    "highlight": "retrieval",
    "in_site": "visibility",
    "pages_withdrawn": "indexing.signals",
    "related_pages": "retrieval",
    "search_degraded": "retrieval",
    "search_pages": "retrieval",
    "visible_to": "visibility",
}


# Lazy, because Django imports this package before its models can be.
def __getattr__(name: str) -> Any:
    if name not in _PACKAGES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_PACKAGES[name]}", __name__), name)
