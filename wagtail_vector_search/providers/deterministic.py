"""A provider for tests: no model, no network, the same vectors on every machine."""

from __future__ import annotations

import hashlib
import math
import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .base import BaseEmbeddingProvider, EmbeddingKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_DIMENSIONS = 256

# Scripts written without spaces count letter by letter.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_SUFFIXES = ("ingly", "edly", "ings", "ing", "ies", "ed", "ly", "es", "s", "e", "y")
_DOUBLED = re.compile(r"(?<=..)([^\W\d_])\1$")


class DeterministicProvider(BaseEmbeddingProvider):
    """Bag of words: each word has a direction of its own, so texts that share words are near each other.

    The option ``dimensions`` sets the width, 256 by default.
    """

    is_local = True

    def __init__(self, model: str = "deterministic", options: Mapping[str, Any] | None = None) -> None:
        super().__init__(model, {"dimensions": DEFAULT_DIMENSIONS, **(options or {})})
        self._counting = threading.Lock()
        #: How often the provider was called, one batch being one call.
        self.calls = 0
        #: Every text it was sent, in order.
        self.texts: list[str] = []

    def reset(self) -> None:
        """Start counting from nothing."""
        with self._counting:
            self.calls = 0
            self.texts = []

    def _embed(self, texts: Sequence[str], *, kind: EmbeddingKind) -> NDArray[np.float32]:
        import numpy as np

        with self._counting:
            self.calls += 1
            self.texts.extend(texts)
        return np.stack([_embed_words(text, self.dimensions) for text in texts])


def _embed_words(text: str, dimensions: int) -> NDArray[np.float32]:
    import numpy as np

    words = Counter(stem(word) for word in _WORD.findall(text.lower())) or Counter([text])
    vector = np.zeros(dimensions, dtype=np.float32)
    for word, count in words.items():
        # Short words are mostly "the" and "of"; a letter of Chinese is not.
        weight = 0.2 if word.isascii() and len(word) <= 3 else 1.0
        vector += weight * (1 + math.log(count)) * _direction(word, dimensions)
    return vector


def stem(word: str) -> str:
    """Return a word without its ending: "loops" and "looping" become "loop", "stopping" becomes "stop"."""
    ending = next((end for end in _SUFFIXES if word.endswith(end) and len(word) - len(end) >= 3), "")
    return _DOUBLED.sub(r"\1", word.removesuffix(ending))


@lru_cache(maxsize=10_000)
def _direction(word: str, dimensions: int) -> NDArray[np.float32]:
    """Return a vector of ones and minus ones that only this word has."""
    import numpy as np

    digest = hashlib.shake_128(word.encode("utf-8", "replace")).digest(-(-dimensions // 8))
    bits = np.unpackbits(np.frombuffer(digest, dtype=np.uint8))[:dimensions]
    return 2 * bits.astype(np.float32) - 1
