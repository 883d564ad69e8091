"""The interface of an embedding provider, and what all providers share."""

from __future__ import annotations

import logging
import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..concurrency import call_with_deadline
from ..exceptions import BatchTooLargeError, DimensionsError, ProviderError
from ..privacy import Options, private_values
from .errors import clean_provider_error, to_provider_error
from .halving import in_halves
from .options import read_count, read_seconds, refuse_unknown
from .validation import check_texts, check_width, read_rows, to_unit_length

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

logger = logging.getLogger(__name__)

#: What a text is embedded for: many models want the two told apart.
EmbeddingKind: TypeAlias = Literal["document", "query"]

#: Sent to learn the width of a model's vectors when nothing declares it.
_PROBE = "How many dimensions?"

#: Seconds until a call to a remote model is abandoned. Clients wait up to ten minutes, and then try again.
DEFAULT_TIMEOUT = 60.0

#: Calls to remote models that may be under way in one process, by what they are for. An abandoned call keeps its slot
#: until it ends, so that a model that hangs cannot fill the process with threads.
MAX_CALLS: Mapping[EmbeddingKind, int] = {"query": 16, "document": 8}
_slots = {kind: threading.BoundedSemaphore(number) for kind, number in MAX_CALLS.items()}


class BaseEmbeddingProvider(ABC):
    """Turns texts into vectors of one width, float32, length 1.

    A subclass defines ``_embed`` and, if it knows them beforehand, ``dimensions = 384`` on the class. It may raise any
    exception: the caller gets a ``ProviderError``, without keys and without the texts. The constructor must be cheap:
    models and clients are made at first use. One instance serves all threads of a process.

    Args:
        model: name of the model, as the provider knows it (``MODEL`` in settings).
        options: the provider's own settings (``OPTIONS`` in settings).

    Raises:
        ProviderConfigurationError: an unknown option, or one of the wrong type.
    """

    #: Texts in one call. Services refuse more, and a failure costs the whole call.
    max_batch_size: int = 100

    #: Tokens in one call, as ``count_tokens`` counts them; ``None`` for no limit. Services cap a request as a whole,
    #: whatever the number of texts in it.
    max_batch_tokens: int | None = None

    #: Whether the model runs in this process: it costs nothing and cannot hang on a network, so that it may be called
    #: where a remote one may not, such as inside an editor's request.
    is_local: bool = False

    #: The options a provider understands; a misspelt one is an error rather than ignored.
    known_options: tuple[str, ...] = ("batch_size", "dimensions", "max_batch_tokens", "timeout")

    def __init__(self, model: str, options: Mapping[str, Any] | None = None) -> None:
        self.model = model
        self.options: Mapping[str, Any] = Options(options or {})
        refuse_unknown(self.options, self.known_options, source=type(self).__name__)
        self._dimensions = self._declared_dimensions = read_count(self.options, "dimensions")
        self._timeout = read_seconds(self.options, "timeout", default=DEFAULT_TIMEOUT)
        self._dimensions_lock = threading.Lock()
        self._learnt_batch_size: int | None = None
        if batch_size := read_count(self.options, "batch_size"):
            self.max_batch_size = batch_size
        if max_batch_tokens := read_count(self.options, "max_batch_tokens"):
            self.max_batch_tokens = max_batch_tokens

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.model}>"

    @property
    def model_id(self) -> str:
        """The name under which vectors are stored: vectors with different names are never compared."""
        return self.model

    @property
    def dimensions(self) -> int:
        """Width of the vectors. Costs one call, once, when neither the class nor the options declare it."""
        with self._dimensions_lock:
            if self._dimensions is not None:
                return self._dimensions
            try:
                self._dimensions = self._load_dimensions()
                return self._dimensions
            except ProviderError:
                raise
            except Exception as exc:
                error = to_provider_error(exc, source=f"{type(self).__name__} ({self.model})", secrets=self._secrets())
        raise error  # outside the except clause, or the original would be its context

    @property
    def known_dimensions(self) -> int | None:
        """Width of the vectors, if no service has to be called for it; else ``None``."""
        return self.dimensions if self.is_local else self._expected_width("document")

    def wait_until_ready(self, seconds: float | None = None) -> bool:
        """Return whether the model can be called, once so many seconds have passed at most; ``None`` waits for it.

        For providers whose models take their time to load: they are loaded in the background, once for all threads.

        Raises:
            ProviderError: it never will be.
        """
        return True

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed the texts of an index, in as many calls as the limits ask for.

        Args:
            texts: any number, none of them blank.

        Returns:
            float32 array of shape ``(len(texts), dimensions)``, C-contiguous, each row of length 1.

        Raises:
            ValueError: a text is blank.
            ProviderError: a call failed, or returned something else than one embedding a text.
        """
        return self._embed_all(texts, "document")

    def embed_batch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed one batch of ``plan_batches`` in one call; arguments, result and errors of ``embed_documents``.

        Raises:
            BatchTooLargeError: fewer texts may work.
        """
        check_texts(texts)
        return self._embed_once(texts, "document")

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed many queries at once, as calibration does; arguments, result and errors of ``embed_documents``."""
        return self._embed_all(texts, "query")

    def embed_query(self, text: str, *, timeout: float | None = None) -> NDArray[np.float32]:
        """Embed what a visitor asked.

        Args:
            text: not blank.
            timeout: seconds to wait for a remote model, if that is less than the option ``timeout`` says.

        Returns:
            float32 array of shape ``(dimensions,)``, of length 1.

        Raises:
            ValueError: the text is blank.
            ProviderTimeoutError: a remote model gave no answer in time.
            TooManyCallsError: too many calls wait for remote models already.
            ProviderError: the call failed, or returned something else than one embedding.
        """
        check_texts([text])
        vector: NDArray[np.float32] = self._embed_once([text], "query", timeout)[0]
        return vector

    def count_tokens(self, text: str) -> int:
        """Return a rough number of tokens: a quarter of the bytes, which is fair to scripts of three bytes a letter."""
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        return size // 4 + 1

    def knows_word(self, word: str) -> bool | None:
        """Return whether the model knows a word as one: then it is no typing error, although no page has it.

        Called for words of a query that no page has, and must not call a service.

        Args:
            word: in lower case.

        Returns:
            ``None`` when that cannot be told.
        """
        return None

    @property
    def largest_batch(self) -> int:
        """Texts in one call: ``max_batch_size``, or fewer where so many were not answered in time."""
        return min(self.max_batch_size, self._learnt_batch_size or self.max_batch_size)

    def limit_batches(self, size: int) -> None:
        """Have this process send no more texts in one call than were answered in time."""
        if size < self.largest_batch:
            self._learnt_batch_size = size
            logger.warning(
                'The model "%s" answers %d texts in time, and no more in one call. To keep that from being found out '
                'again, set OPTIONS["batch_size"] to %d.',
                self.model,
                size,
                size,
            )

    def plan_batches(self, texts: Sequence[str]) -> list[slice]:
        """Divide texts into calls that keep both limits; a text above the token limit gets a call of its own.

        Returns:
            Slices of ``texts``, in order, without gaps. Their number is the number of calls.
        """
        batches: list[slice] = []
        start = tokens = 0
        largest = self.largest_batch
        for position, text in enumerate(texts):
            size = self.count_tokens(text)
            is_full = position - start >= largest or tokens + size > (self.max_batch_tokens or math.inf)
            if position > start and is_full:
                batches.append(slice(start, position))
                start, tokens = position, 0
            tokens += size
        return [*batches, slice(start, len(texts))] if texts else []

    @abstractmethod
    def _embed(self, texts: Sequence[str], *, kind: EmbeddingKind) -> ArrayLike:
        """Embed one batch, in one call.

        Args:
            texts: from 1 to ``max_batch_size``, none of them blank.
            kind: what the texts are for.

        Returns:
            One row of numbers a text, in order.

        Raises:
            BatchTooLargeError: fewer texts may work; it is called again with each half.
            Exception: anything else, sorted into a ``ProviderError``.
        """

    def _load_dimensions(self) -> int:
        """Find out the width of the vectors; by default from the vector of a short text."""
        return self._embed_once([_PROBE], "document").shape[1]

    def _secrets(self) -> list[str]:
        """Return what no error may contain; by default the options that are keys, passwords or addresses."""
        return private_values(self.options)

    def _embed_all(self, texts: Sequence[str], kind: EmbeddingKind) -> NDArray[np.float32]:
        import numpy as np

        check_texts(texts)
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        batches = self.plan_batches(texts)
        return np.concatenate([rows for batch in batches for rows in self._embed_halving(texts[batch], kind)])

    def _embed_halving(self, texts: Sequence[str], kind: EmbeddingKind) -> Iterator[NDArray[np.float32]]:
        """Embed one batch; one that is refused as too large is halved until it passes."""

        def call(part: range) -> NDArray[np.float32]:
            return self._embed_once(texts[part.start : part.stop], kind)

        for _, outcome in in_halves(range(len(texts)), call, lambda _, error: isinstance(error, BatchTooLargeError)):
            if isinstance(outcome, ProviderError):
                raise outcome
            yield outcome

    def _embed_once(
        self, texts: Sequence[str], kind: EmbeddingKind, timeout: float | None = None
    ) -> NDArray[np.float32]:
        source = f"{type(self).__name__} ({self.model})"
        rows = read_rows(self._embed_safely(texts, kind, source, timeout), count=len(texts), source=source)
        try:
            check_width(rows, self._expected_width(kind) or rows.shape[1], source=source)
        except DimensionsError:
            # It may be the learnt width that is wrong: a service that recovers must not be refused until a restart.
            self._dimensions = self._declared_dimensions
            raise
        rows = to_unit_length(rows, source=source)
        self._dimensions = self._dimensions or rows.shape[1]
        return rows

    def _embed_safely(self, texts: Sequence[str], kind: EmbeddingKind, source: str, timeout: float | None) -> ArrayLike:
        """Call ``_embed`` in time, and let out no exception but ``ProviderError``, and no secret."""
        limits = [seconds for seconds in (timeout, self._timeout) if seconds is not None]
        try:
            if self.is_local or not limits:
                return self._embed(texts, kind=kind)
            return call_with_deadline(lambda: self._embed(texts, kind=kind), min(limits), _slots[kind])
        except ProviderError as exc:
            error = clean_provider_error(exc, secrets=self._secrets(), texts=texts)
        except Exception as exc:
            error = to_provider_error(exc, source=source, secrets=self._secrets(), texts=texts)
        raise error  # outside the except clause, or the original would be its context

    def _expected_width(self, kind: EmbeddingKind) -> int | None:
        if self._dimensions is None and type(self).dimensions is not BaseEmbeddingProvider.dimensions:
            return self.dimensions
        # A width that was learnt from an answer is checked for documents only: a search knows the width of its index.
        return self._dimensions if kind == "document" else self._declared_dimensions
