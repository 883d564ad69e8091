"""Registers ``wordllama`` with llm: an embedding model that needs no network, no key and no GPU.

The 256 numbers of a text are the mean of its tokens' vectors. https://github.com/dleemiller/WordLlama
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llm
from llm.models import EmbeddingModel

from wagtail_vector_search.exceptions import ProviderConfigurationError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_loading = threading.Lock()
_loaded: list[Any] = []


class WordLlamaModel(EmbeddingModel):
    """wordllama's 256-dimensional model, loaded from the files its package ships."""

    model_id = "wordllama"
    dimensions = 256

    #: Read by ``LLMProvider``: the model runs in this process.
    is_local = True

    #: Enough to keep the tokenizer's threads busy; more gains nothing.
    batch_size = 500

    def embed_batch(self, items: Iterable[str | bytes], *, key: str | None = None) -> Iterator[list[float]]:
        """Yield one list of 256 numbers a text."""
        yield from self.embed_array([item if isinstance(item, str) else item.decode() for item in items]).tolist()

    def embed_array(self, texts: list[str]) -> NDArray[np.float32]:
        """Return a float32 array of shape ``(len(texts), 256)``; the row of an empty text is all zeros.

        Same numbers as ``WordLlama.embed``, which pads every text to the longest of its batch: one long text then
        takes gigabytes, and all take twice the time.
        """
        import numpy as np

        model = _load()
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, encoding in zip(rows, model.tokenizer.encode_batch_fast(texts, add_special_tokens=False), strict=True):
            if encoding.ids:
                row[:] = model.embedding[encoding.ids].mean(axis=0)
        return rows


@llm.hookimpl
def register_embedding_models(register: Callable[[EmbeddingModel], None]) -> None:
    """Make the model known to llm."""
    register(WordLlamaModel())


def _load() -> Any:
    """Return the one wordllama model of this process."""
    with _loading:
        if not _loaded:
            _loaded.append(_load_offline())
    return _loaded[0]


def _load_offline() -> Any:
    with _logging_left_alone():
        try:
            import wordllama
        except ImportError as exc:
            raise ProviderConfigurationError(
                'The model "wordllama" needs a package that is not installed. Run: '
                f'pip install "wagtail-vector-search[local]" ({exc})'
            ) from None
    # Its own folder as the cache, or it looks for its tokenizer on the network.
    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
    model.tokenizer.no_padding()
    return model


@contextmanager
def _logging_left_alone() -> Iterator[None]:
    """Undo what importing wordllama does to a process without a root log handler: it prints every INFO record."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
