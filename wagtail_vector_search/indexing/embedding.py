"""Calls the provider for many texts, and finds out whose fault a failure is."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..exceptions import (
    DimensionsError,
    ProviderConfigurationError,
    ProviderError,
    ProviderUnavailableError,
    TooManyCallsError,
)
from ..providers import BaseEmbeddingProvider

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Seconds that a provider may ask to be left alone before a bulk run rather stops.
LONGEST_WAIT = 60.0

#: What a provider is asked that has failed on some texts. Failing on this too, it is at fault, and no text is.
CONTROL = "The library is open on weekdays."

#: Seconds in which that has to be answered.
CONTROL_TIMEOUT = 10.0

#: Errors that no text can cause.
_OUTAGES = (ProviderConfigurationError, TooManyCallsError)

#: Errors that may be over the next time. A text is charged with one only if it causes it twice.
_PASSING = (ProviderUnavailableError, DimensionsError)


@dataclass(slots=True)
class Embedded:
    """What came back for a list of texts."""

    #: Vector by position of its text.
    vectors: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    #: Error by position of the text that caused it.
    errors: dict[int, ProviderError] = field(default_factory=dict)
    #: Set when the provider, and no text, is at fault: texts that have neither vector nor error were not tried.
    outage: ProviderError | None = None
    #: Whether the provider was called at all.
    asked: bool = False


def embed_texts(
    provider: BaseEmbeddingProvider,
    texts: Sequence[str],
    *,
    dimensions: int,
    patience: int = 0,
    sleep: Callable[[float], None] = time.sleep,
) -> Embedded:
    """Embed texts in full batches. Must not run inside a transaction: a provider may take its time.

    After a failure the provider is asked for the vector of a harmless sentence. If it cannot give that either, it is
    the provider that is at fault, and no text is charged. Else the batch is halved until the texts at fault are alone.

    Args:
        provider: of the vectors.
        texts: what to embed.
        dimensions: width of the vectors that can be stored.
        patience: how often to wait and ask again when the provider is overloaded or unreachable.
        sleep: how to wait.
    """
    embedded = Embedded()
    for batch in provider.plan_batches(texts):
        embedded.asked = True
        try:
            _Call(provider, texts, dimensions, patience, sleep).embed(range(len(texts))[batch], embedded)
        except ProviderError as error:
            embedded.outage = error
            break
    return embedded


@dataclass(slots=True)
class _Call:
    """One batch, and the calls it takes."""

    provider: BaseEmbeddingProvider
    texts: Sequence[str]
    dimensions: int
    patience: int
    sleep: Callable[[float], None]
    waits: int = 0
    #: Whether the provider has embedded the harmless sentence since the batch began.
    vouched: bool = False

    def embed(self, positions: range, embedded: Embedded, *, again: bool = True) -> None:
        """Embed some texts of the batch, or charge those at fault.

        Raises:
            ProviderError: the provider is at fault.
        """
        try:
            rows = self._ask([self.texts[position] for position in positions])
        except ProviderError as error:
            if self._is_outage(error):
                raise
            failure = error
        else:
            embedded.vectors.update(zip(positions, rows, strict=True))
            return
        if len(positions) > 1:
            for half in _halves(positions):
                self.embed(half, embedded)
        elif again and isinstance(failure, _PASSING):
            self.embed(positions, embedded, again=False)
        else:
            embedded.errors[positions[0]] = failure

    def _ask(self, texts: list[str]) -> NDArray[np.float32]:
        while True:
            try:
                rows = self.provider.embed_documents(texts)
            except ProviderUnavailableError as error:
                if not self._wait(error):
                    raise
                continue
            if rows.shape[1] != self.dimensions:
                raise DimensionsError(
                    f"{self.provider!r} returned vectors of {rows.shape[1]} dimensions, and the index keeps "
                    f"{self.dimensions}. Run: python manage.py update_vector_index"
                )
            return rows

    def _wait(self, error: ProviderUnavailableError) -> bool:
        """Wait before another attempt; return ``False`` when patience is at its end."""
        seconds = 2.0**self.waits if error.retry_after is None else error.retry_after
        if self.waits >= self.patience or seconds > LONGEST_WAIT:
            return False
        self.waits += 1
        self.sleep(seconds * random.uniform(1, 1.5))  # noqa: S311  # jitter, no secret
        return True

    def _is_outage(self, error: ProviderError) -> bool:
        if isinstance(error, _OUTAGES):
            return True
        if isinstance(error, ProviderUnavailableError) and error.retry_after is not None:
            return True
        if isinstance(error, _PASSING):
            return not self._answers()  # asked anew each time: it may have gone down since
        self.vouched = self.vouched or self._answers()
        return not self.vouched

    def _answers(self) -> bool:
        try:
            vector = self.provider.embed_query(CONTROL, timeout=CONTROL_TIMEOUT)
        except ProviderError:
            return False
        return len(vector) == self.dimensions


def _halves(positions: range) -> Iterator[range]:
    middle = len(positions) // 2
    yield positions[:middle]
    yield positions[middle:]
