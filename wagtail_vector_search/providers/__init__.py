"""Texts in, vectors out: the embedding providers.

Importing this package loads none of the libraries behind them; they are imported when a provider is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .base import BaseEmbeddingProvider, EmbeddingKind
    from .deterministic import DeterministicProvider
    from .llm import LLMProvider
    from .registry import get_provider, get_provider_for, reset_providers

__all__ = [
    "BaseEmbeddingProvider",
    "DeterministicProvider",
    "EmbeddingKind",
    "LLMProvider",
    "get_provider",
    "get_provider_for",
    "reset_providers",
]

_MODULES = {
    "BaseEmbeddingProvider": "base",
    "DeterministicProvider": "deterministic",
    "EmbeddingKind": "base",
    "LLMProvider": "llm",
    "get_provider": "registry",
    "get_provider_for": "registry",
    "reset_providers": "registry",
}


# Lazy, because llm's command line imports this package to find the wordllama plugin and needs nothing else of it.
def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
