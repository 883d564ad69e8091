"""Every embedding model of the ``llm`` library and its plugins: https://llm.datasette.io/en/stable/embeddings/"""

from __future__ import annotations

import copy
import hashlib
import os
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..concurrency import run_in_thread
from ..exceptions import ProviderConfigurationError, ProviderError, ProviderTimeoutError
from .base import BaseEmbeddingProvider, EmbeddingKind
from .llm_models import find_model, runs_in_this_process
from .options import read_count, read_flag, read_text
from .redaction import redact
from .windows import Reach, embed_windows, find_reach
from .wordllama_model import WordLlama

if TYPE_CHECKING:
    from llm.models import EmbeddingModel
    from numpy.typing import ArrayLike

#: Models of this package, by name: no plugin of llm is asked for them, nor llm itself loaded.
OWN_MODELS: Mapping[str, Any] = {WordLlama.model_id: WordLlama()}

#: Embedded once, so that a model that is loaded by its first call is loaded before a visitor waits for it.
_WARM_UP = "warm-up"


class LLMProvider(BaseEmbeddingProvider):
    """Embeds with any model that ``llm embed-models`` lists, under its name or any alias.

    Options, all of them optional:

    ``key``
        The key itself, the name of a key in llm's store, or the name of an environment variable. Without it llm looks
        into its store (``llm keys set ...``) and then into the environment variable that the model's plugin names.
    ``document_prefix``, ``query_prefix``
        Put before each text, for models trained with such words (``"passage: "`` and ``"query: "``).
    ``dimensions``
        Declares the width of the vectors, so that no call is needed to learn it. It does not change what the model
        returns.
    ``batch_size``, ``max_batch_tokens``
        Limits of one call. The defaults are what the plugin says, or 100, and 50,000.
    ``max_text_tokens``
        Tokens of one text that the model reads, where it ignores what follows without saying so. A longer text is cut,
        and its vector is the mean of its parts'. What sentence-transformers says of its models is known without it.
    ``timeout``
        Seconds to wait for a remote model, 60 by default; ``None`` waits for ever.
    ``local``
        Whether the model runs in this process: such a call costs nothing, is not limited in number or time, and never
        opens the circuit breaker. Without it the model or its plugin tells.

    The model is looked up, and one that runs in this process is loaded, once for all threads and in the background.
    Until then searches go on with words alone.
    """

    #: Well under what the usual services accept, and seldom reached by a hundred chunks.
    max_batch_tokens: int | None = 50_000

    known_options = (
        *BaseEmbeddingProvider.known_options,
        "document_prefix",
        "key",
        "local",
        "max_text_tokens",
        "query_prefix",
    )

    def __init__(self, model: str, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(model, options)
        self._prefixes: Mapping[EmbeddingKind, str] = {
            "document": read_text(self.options, "document_prefix"),
            "query": read_text(self.options, "query_prefix"),
        }
        read_text(self.options, "key")
        read_count(self.options, "max_text_tokens")
        self._is_declared_local = read_flag(self.options, "local")
        self._starting = threading.Lock()
        self._loading: Future[EmbeddingModel] | None = None

    @property
    def model_id(self) -> str:
        """The model's name as configured, marked when a document prefix shapes the stored vectors too."""
        prefix = self._prefixes["document"]
        if not prefix:
            return self.model
        return f"{self.model}+prefix:{hashlib.blake2b(prefix.encode(), digest_size=4).hexdigest()}"

    @property
    def is_local(self) -> bool:  # type: ignore[override]  # depends on the model, which is loaded late
        """Whether the model runs in this process; a model that has not been found yet counts as remote."""
        if self._is_declared_local is not None:
            return self._is_declared_local
        model = self._loaded_model()
        return model is not None and runs_in_this_process(model)

    @property
    def is_own_model(self) -> bool:
        """Whether the model is one of this package, for which no plugin is asked."""
        return self.model in OWN_MODELS

    def wait_until_ready(self, seconds: float | None = None) -> bool:
        """Have the model looked up, and loaded where it is local, and return whether it is within so many seconds.

        Raises:
            ProviderConfigurationError: there is no such model, or it cannot be loaded.
        """
        try:
            self._get_model(seconds)
        except ProviderTimeoutError:
            return False
        return True

    @cached_property
    def max_batch_size(self) -> int:  # type: ignore[override]  # depends on the model, which is loaded late
        """Texts in one call: what the model's plugin asks for, or 100."""
        return self._get_model(self._timeout).batch_size or BaseEmbeddingProvider.max_batch_size

    def knows_word(self, word: str) -> bool | None:
        """Return what the model says, if it is loaded and has a method ``knows_word``."""
        ask = getattr(self._loaded_model(), "knows_word", None)
        return ask(word) if callable(ask) else None

    def _loaded_model(self) -> Any:
        """Return the model, or ``None`` while it is being looked up or loaded, or cannot be."""
        if self.is_own_model:
            return OWN_MODELS[self.model]
        future = self._loading
        return future.result() if future and future.done() and not future.exception() else None

    def _get_model(self, seconds: float | None) -> Any:
        """Return the model; its loading goes on if that takes longer.

        Raises:
            ProviderTimeoutError: it takes longer.
            ProviderConfigurationError: there is none.
        """
        if self.is_own_model:
            return OWN_MODELS[self.model]
        with self._starting:
            if self._loading is None or (self._loading.done() and self._loading.exception()):
                self._loading = run_in_thread(self._load, name="load-model")
            future = self._loading
        if not wait([future], timeout=seconds).done:
            raise ProviderTimeoutError(f'The llm model "{self.model}" was not loaded within {seconds:g} seconds.')
        return future.result()

    def _load(self) -> EmbeddingModel:
        try:
            model = _with_key(find_model(self.model), read_text(self.options, "key"))
            if self._is_declared_local or (self._is_declared_local is None and runs_in_this_process(model)):
                list(model.embed_multi([_WARM_UP]))
            return model
        except ProviderError:
            raise
        except Exception as exc:
            problem = redact(f"{type(exc).__name__}: {exc}", secrets=super()._secrets())
        raise ProviderConfigurationError(f'The llm model "{self.model}" cannot be loaded. {problem}')

    def _load_dimensions(self) -> int:
        declared = getattr(self._get_model(self._timeout), "dimensions", None)
        return declared if isinstance(declared, int) else super()._load_dimensions()

    def _embed_safely(self, texts: Sequence[str], kind: EmbeddingKind, source: str, timeout: float | None) -> ArrayLike:
        if self.is_own_model:
            return super()._embed_safely(texts, kind, source, timeout)
        limits = [seconds for seconds in (timeout, self._timeout) if seconds is not None]
        started = time.monotonic()
        self._get_model(min(limits, default=None))
        left = None if timeout is None else max(timeout - (time.monotonic() - started), 0.0)
        return super()._embed_safely(texts, kind, source, left)

    def _embed(self, texts: Sequence[str], *, kind: EmbeddingKind) -> ArrayLike:
        model, prefix = self._get_model(None), self._prefixes[kind]
        # Our own models hand over arrays; llm's interface makes a Python object of every number.
        embed_array = getattr(model, "embed_array", None)
        if embed_array is not None:
            return embed_array([prefix + text for text in texts])

        def embed(windows: list[str]) -> ArrayLike:
            prefixed = [prefix + window for window in windows]
            return list(model.embed_multi(prefixed, batch_size=len(prefixed)))

        reach = self._find_reach(model, prefix)
        return embed_windows(list(texts), reach, embed) if reach else embed(list(texts))

    def _find_reach(self, model: Any, prefix: str) -> Reach | None:
        if declared := read_count(self.options, "max_text_tokens"):
            return Reach(declared, lambda text: self.count_tokens(prefix + text))
        return find_reach(model)

    def _secrets(self) -> list[str]:
        key = getattr(self._loaded_model(), "key", None)
        return [key] if key else super()._secrets()


def _with_key(model: EmbeddingModel, key: str) -> EmbeddingModel:
    """Return a copy of the model that keeps its key. In a frame of its own, which no error shows.

    Plugins of the older kind take the key from the model, where llm puts it for the length of a call; between threads
    that fails.
    """
    found = _find_key(model, key) if key or model.needs_key else None
    if not found:
        return model
    model = copy.copy(model)
    model.key = found
    return model


def _find_key(model: EmbeddingModel, key: str) -> str | None:
    import llm

    try:
        found = llm.get_key(explicit_key=key, key_alias=model.needs_key, env_var=model.key_env_var)
    except OSError:  # no user's folder, so no store
        found = key or os.environ.get(model.key_env_var or "")
    return os.environ.get(found, found) if found and found == key else found
