"""Every embedding model of the ``llm`` library and its plugins: https://llm.datasette.io/en/stable/embeddings/"""

from __future__ import annotations

import copy
import hashlib
import os
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..exceptions import ProviderConfigurationError, ProviderError
from .base import BaseEmbeddingProvider, EmbeddingKind
from .options import read_text
from .redaction import redact

if TYPE_CHECKING:
    from llm.models import EmbeddingModel
    from numpy.typing import ArrayLike

# llm says that its plugins are loaded before they are, so a second thread would find no models.
_loading = threading.Lock()


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
    ``timeout``
        Seconds to wait for a remote model, 60 by default; ``None`` waits for ever.
    """

    #: Well under what the usual services accept, and seldom reached by a hundred chunks.
    max_batch_tokens: int | None = 50_000

    known_options = (*BaseEmbeddingProvider.known_options, "document_prefix", "key", "query_prefix")

    def __init__(self, model: str, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(model, options)
        self._prefixes: Mapping[EmbeddingKind, str] = {
            "document": read_text(self.options, "document_prefix"),
            "query": read_text(self.options, "query_prefix"),
        }
        read_text(self.options, "key")

    @property
    def model_id(self) -> str:
        """The model's name as configured, marked when a document prefix shapes the stored vectors too."""
        prefix = self._prefixes["document"]
        if not prefix:
            return self.model
        return f"{self.model}+prefix:{hashlib.blake2b(prefix.encode(), digest_size=4).hexdigest()}"

    @property
    def is_local(self) -> bool:  # type: ignore[override]  # depends on the model, which is loaded late
        """Whether the model's class says ``is_local = True``; a model that cannot be loaded counts as remote."""
        try:
            return getattr(self._llm_model, "is_local", False) is True
        except ProviderError:
            return False

    @cached_property
    def max_batch_size(self) -> int:  # type: ignore[override]  # depends on the model, which is loaded late
        """Texts in one call: what the model's plugin asks for, or 100."""
        return self._llm_model.batch_size or BaseEmbeddingProvider.max_batch_size

    @cached_property
    def _llm_model(self) -> EmbeddingModel:
        try:
            return _with_key(_find_model(self.model), read_text(self.options, "key"))
        except ProviderError:
            raise
        except Exception as exc:
            problem = redact(f"{type(exc).__name__}: {exc}", secrets=super()._secrets())
        raise ProviderConfigurationError(f'The llm model "{self.model}" cannot be loaded. {problem}')

    def knows_word(self, word: str) -> bool | None:
        """Return what the model's class says, if it has a method ``knows_word``."""
        ask = getattr(self._llm_model, "knows_word", None)
        return ask(word) if callable(ask) else None

    def _load_dimensions(self) -> int:
        declared = getattr(self._llm_model, "dimensions", None)
        return declared if isinstance(declared, int) else super()._load_dimensions()

    def _embed(self, texts: Sequence[str], *, kind: EmbeddingKind) -> ArrayLike:
        prefixed = [self._prefixes[kind] + text for text in texts]
        # Our own models hand over arrays; llm's interface makes a Python object of every number.
        embed_array = getattr(self._llm_model, "embed_array", None)
        if embed_array is not None:
            return embed_array(prefixed)
        return list(self._llm_model.embed_multi(prefixed, batch_size=len(prefixed)))

    def _secrets(self) -> list[str]:
        loaded = vars(self).get("_llm_model")
        return [loaded.key] if loaded is not None and loaded.key else super()._secrets()


def _find_model(name: str) -> EmbeddingModel:
    import llm

    with _loading:
        try:
            return llm.get_embedding_model(name)  # type: ignore[no-untyped-call]
        except llm.UnknownModelError:
            pass
        except OSError:
            pass  # aliases live in the user's folder, which a server process may be unable to make
        models = {model.model_id: model for model in llm.get_embedding_models()}  # type: ignore[no-untyped-call]
    if name not in models:
        raise ProviderConfigurationError(
            f'llm has no embedding model "{name}". Set MODEL to one that "llm embed-models" lists '
            f"({', '.join(sorted(models)) or 'none'}), or install the plugin that brings it, such as: "
            "llm install llm-sentence-transformers"
        )
    return models[name]


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
