"""The model ``wordllama``, which needs no network, no key and no GPU, and nothing of llm.

The 256 numbers of a text are the mean of its tokens' vectors. https://github.com/dleemiller/WordLlama
"""

from __future__ import annotations

import logging
import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..exceptions import ProviderConfigurationError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Words whose tokens are kept in memory, 20 MB of them.
KNOWN_WORDS = 100_000

#: Characters of a word that may be kept.
LONGEST_WORD = 40

#: What the tokenizer writes for a space, also before a text.
SPACE = "\u2581"

_loading = threading.Lock()
_loaded: list[Any] = []


class WordLlama:
    """wordllama's 256-dimensional model, loaded from the files its package ships."""

    model_id = "wordllama"
    dimensions = 256

    #: Read by ``LLMProvider``: the model runs in this process.
    is_local = True

    #: Enough to keep the tokenizer's threads busy; more gains nothing.
    batch_size = 500

    #: Of the interface of llm: a model without a key.
    needs_key: str | None = None
    key_env_var: str | None = None
    key: str | None = None

    def embed_array(self, texts: list[str]) -> NDArray[np.float32]:
        """Return a float32 array of shape ``(len(texts), 256)``; the row of an empty text is all zeros.

        The numbers are those of ``WordLlama.embed``, which takes six times as long: it tokenizes every word again, and
        pads every text to the longest of its batch, so that one long text takes gigabytes.
        """
        import numpy as np

        embedding = _load().embedding
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            tokens = np.frombuffer(tokenize(text), dtype=np.int32)
            if tokens.size:
                # Their mean, as a product, which is quicker than a sum.
                np.dot(np.full(tokens.size, 1 / tokens.size, dtype=np.float32), embedding.take(tokens, axis=0), out=row)
        return rows

    def knows_word(self, word: str) -> bool | None:
        """Return ``True`` for a word that is one token: its tokenizer has met it often. Others may be words, too."""
        return len(tokenize(word)) == array("i").itemsize or None


class _KnownWords(dict[str, bytes]):
    """Tokens by word: most words of a text are among the few thousand of any other."""

    def __missing__(self, word: str) -> bytes:
        found = _load().tokenizer.model.tokenize(SPACE + word)
        tokens = array("i", [token.id for token in found]).tobytes()
        if len(self) >= KNOWN_WORDS:
            self.clear()
        self[word] = tokens
        return tokens


_known_words = _KnownWords()


def tokenize(text: str) -> bytes:
    """Return the numbers of a text's tokens, 4 bytes each.

    A token of this model may begin with spaces and has none further on. So a word has the same tokens alone as in the
    text, and is looked up alone, unless the text has several spaces in a row or a symbol of the tokenizer's own.
    """
    words = text.split(" ")
    if "" in words or "<" in text or SPACE in text or len(max(words, key=len)) > LONGEST_WORD:
        return array("i", _load().tokenizer.encode(text, add_special_tokens=False).ids).tobytes()
    return b"".join(map(_known_words.__getitem__, words))


def _load() -> Any:
    """Return the one wordllama model of this process."""
    with _loading:
        if not _loaded:
            with _unchanged_logging():
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
            _loaded.append(model)
    return _loaded[0]


@contextmanager
def _unchanged_logging() -> Iterator[None]:
    """Undo what importing wordllama does to a process without a root log handler: it prints every INFO record."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
