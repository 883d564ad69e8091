"""Calls the provider for many texts, and finds out whose fault a failure is."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..exceptions import ProviderConfigurationError, ProviderError, ProviderUnavailableError
from ..providers import BaseEmbeddingProvider

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Seconds that a provider may ask to be left alone before a bulk run rather stops.
LONGEST_WAIT = 60.0


@dataclass(slots=True)
class Embedded:
    """What came back for a list of texts."""

    #: Vector by position of its text.
    vectors: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    #: Error by position of the text that caused it.
    errors: dict[int, ProviderError] = field(default_factory=dict)
    #: Set when the provider, and no text, is at fault: texts that have neither vector nor error were not tried.
    outage: ProviderError | None = None


def embed_texts(
    provider: BaseEmbeddingProvider,
    texts: Sequence[str],
    *,
    owners: Sequence[object],
    dimensions: int,
    patience: int = 0,
    sleep: Callable[[float], None] = time.sleep,
) -> Embedded:
    """Embed texts in full batches. Must not run inside a transaction: a provider may take its time.

    A batch that fails is halved until the texts at fault are alone. When every text of it fails, and they are not all
    of one page, it is the provider that talks nonsense, and no page is charged.

    Args:
        provider: of the vectors.
        texts: what to embed.
        owners: for each text the page it is of.
        dimensions: width of the vectors that can be stored.
        patience: how often to wait and ask again when the provider is overloaded or unreachable.
        sleep: how to wait.
    """
    embedded = Embedded()
    for batch in provider.plan_batches(texts):
        positions = range(len(texts))[batch]
        call = _Call(provider, texts, dimensions, patience, sleep)
        try:
            call.embed(positions, embedded)
        except (ProviderUnavailableError, ProviderConfigurationError) as error:
            embedded.outage = error
        else:
            _blame_provider(positions, owners, embedded)
        if embedded.outage:
            break
    return embedded


def _blame_provider(positions: range, owners: Sequence[object], embedded: Embedded) -> None:
    failed = [position for position in positions if position in embedded.errors]
    if len(failed) == len(positions) and len({owners[position] for position in failed}) > 1:
        embedded.outage = embedded.errors[failed[0]]
        for position in failed:
            del embedded.errors[position]


@dataclass(slots=True)
class _Call:
    """One batch, and the calls it takes."""

    provider: BaseEmbeddingProvider
    texts: Sequence[str]
    dimensions: int
    patience: int
    sleep: Callable[[float], None]
    waits: int = 0

    def embed(self, positions: range, embedded: Embedded) -> None:
        try:
            rows = self._ask([self.texts[position] for position in positions])
        except (ProviderUnavailableError, ProviderConfigurationError):
            raise
        except ProviderError as error:
            if len(positions) == 1:
                embedded.errors[positions[0]] = error
            for half in _halves(positions):
                self.embed(half, embedded)
        else:
            embedded.vectors.update(zip(positions, rows, strict=True))

    def _ask(self, texts: list[str]) -> NDArray[np.float32]:
        while True:
            try:
                rows = self.provider.embed_documents(texts)
            except ProviderUnavailableError as error:
                if not self._wait(error):
                    raise
                continue
            if rows.shape[1] != self.dimensions:
                raise ProviderConfigurationError(
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


def _halves(positions: range) -> Iterator[range]:
    middle = len(positions) // 2
    if middle:
        yield positions[:middle]
        yield positions[middle:]
