"""Registers ``wordllama`` with llm, for its command line and other programs; ``LLMProvider`` needs no llm for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import llm
from llm.models import EmbeddingModel

from .wordllama_model import WordLlama


class WordLlamaModel(WordLlama, EmbeddingModel):
    """wordllama's 256-dimensional model in the interface of llm."""

    model_id = WordLlama.model_id
    batch_size = WordLlama.batch_size

    def embed_batch(self, items: Iterable[str | bytes], *, key: str | None = None) -> Iterator[list[float]]:
        """Yield one list of 256 numbers a text."""
        yield from self.embed_array([item if isinstance(item, str) else item.decode() for item in items]).tolist()


@llm.hookimpl
def register_embedding_models(register: Callable[[EmbeddingModel], None]) -> None:
    """Make the model known to llm."""
    register(WordLlamaModel())
