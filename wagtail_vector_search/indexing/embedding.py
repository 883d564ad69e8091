"""Calls the provider for many texts, and finds out whose fault a failure is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..exceptions import (
    BatchTooLargeError,
    DimensionsError,
    ProviderError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from ..health import BULK, WORKER, Policy, judge
from ..providers import BaseEmbeddingProvider
from ..providers.halving import in_halves

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: What a provider is asked that has failed on some texts. Failing on this too, it is at fault, and no text is.
CONTROL = "The library is open on weekdays."

#: Seconds in which that has to be answered.
CONTROL_TIMEOUT = 10.0


@dataclass(slots=True)
class Embedded:
    """What came back for a list of texts."""

    #: Vector by position of its text.
    vectors: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    #: Error by position of the text that caused it.
    errors: dict[int, ProviderError] = field(default_factory=dict)
    #: Set when the provider, and no text, is at fault: texts that have neither vector nor error were not tried.
    outage: ProviderError | None = None
    #: Calls that were made, and how many of them were given up: a provider may charge for those, too.
    calls: int = 0
    lost_calls: int = 0

    @property
    def asked(self) -> bool:
        """Whether the provider was called at all."""
        return self.calls > 0


def embed_texts(
    provider: BaseEmbeddingProvider,
    texts: Sequence[str],
    *,
    dimensions: int,
    policy: Policy = WORKER,
    sleep: Callable[[float], None] = time.sleep,
) -> Embedded:
    """Embed texts in full batches. Must not run inside a transaction: a provider may take its time.

    After a failure that may be a text's fault, the provider is asked for the vector of a harmless sentence. If it
    cannot embed that, the provider is at fault, and no text is charged. Else the batch is halved until the texts at
    fault are alone. A batch that is not answered in time is halved at once, and the provider keeps the size that was.

    Args:
        provider: of the vectors.
        texts: what to embed.
        dimensions: width of the vectors that can be stored.
        policy: how often to repeat a call, and how long to wait for that.
        sleep: how to wait.
    """
    embedded = Embedded()
    for batch in _plan(provider, texts):
        try:
            _Call(provider, texts, dimensions, policy, sleep, embedded).embed(range(len(texts))[batch])
        except ProviderError as error:
            embedded.outage = error
            break
    return embedded


def _plan(provider: BaseEmbeddingProvider, texts: Sequence[str]) -> Iterator[slice]:
    """Yield the batches of texts; smaller ones once the provider has learnt that it needs them."""
    start = 0
    while start < len(texts):
        size, planned_from = provider.largest_batch, start
        for batch in provider.plan_batches(texts[start:]):
            start = planned_from + batch.stop
            yield slice(planned_from + batch.start, start)
            if provider.largest_batch != size:
                break


def embed_queries(
    provider: BaseEmbeddingProvider,
    queries: Sequence[str],
    *,
    policy: Policy = BULK,
    sleep: Callable[[float], None] = time.sleep,
) -> list[NDArray[np.float32]]:
    """Embed many queries, batch by batch, each as often as the policy allows.

    Raises:
        ProviderError: the policy allows no further attempt.
    """
    rows: list[NDArray[np.float32]] = []
    for batch in provider.plan_batches(queries):
        retries = 0
        while True:
            try:
                rows.extend(provider.embed_queries(queries[batch]))
                break
            except ProviderUnavailableError as error:
                pause = policy.pause(retries, judge(error))
                if pause is None:
                    raise
                retries += 1
                sleep(pause)
    return rows


@dataclass(slots=True)
class _Call:
    """One batch, and the calls it takes."""

    provider: BaseEmbeddingProvider
    texts: Sequence[str]
    dimensions: int
    policy: Policy
    sleep: Callable[[float], None]
    embedded: Embedded
    #: Texts of the smallest call that was not answered in time.
    too_slow: int = 0
    #: How often calls have been repeated since the batch began.
    retries: int = 0
    #: Whether the provider has embedded the harmless sentence since the batch began.
    vouched: bool = False

    def embed(self, positions: range) -> None:
        """Embed the texts of the batch, or charge those at fault.

        Raises:
            ProviderError: the provider is at fault.
        """
        for part, outcome in in_halves(positions, self._ask, self._is_halved):
            if isinstance(outcome, ProviderError) and judge(outcome).may_pass:
                ((_, outcome),) = in_halves(part, self._ask, self._is_halved)
            if isinstance(outcome, ProviderError):
                self.embedded.errors[part[0]] = outcome
            else:
                self.embedded.vectors.update(zip(part, outcome, strict=True))

    def _ask(self, positions: range) -> NDArray[np.float32]:
        if self.provider.largest_batch < min(len(positions), self.provider.max_batch_size):
            raise BatchTooLargeError  # as this batch, or one before it, has shown
        while True:
            self.embedded.calls += 1
            try:
                rows = self.provider.embed_batch(self.texts[positions.start : positions.stop])
            except ProviderUnavailableError as error:
                if isinstance(error, ProviderTimeoutError):
                    self.embedded.lost_calls += 1
                    self.too_slow = len(positions)
                    if len(positions) > 1:
                        raise  # so many texts would not be in time the next time either
                pause = self.policy.pause(self.retries, judge(error))
                if pause is None:
                    raise
                self.retries += 1
                self.sleep(pause)
                continue
            if rows.shape[1] != self.dimensions:
                raise DimensionsError(
                    f"{self.provider!r} returned vectors of {rows.shape[1]} dimensions, and the index keeps "
                    f"{self.dimensions}. Run: python manage.py update_vector_index"
                )
            if len(rows) < self.too_slow:
                self.provider.limit_batches(len(rows))
                self.too_slow = 0
            return rows

    def _is_halved(self, positions: range, error: ProviderError) -> bool:
        """Whether the texts may be at fault, or that they are so many."""
        verdict = judge(error)
        if verdict.certain:
            return False
        if verdict.blame == "batch" and len(positions) > 1:
            return True
        if verdict.may_pass:
            return self._answers()  # asked each time: the provider may have gone down since
        self.vouched = self.vouched or self._answers()
        return self.vouched

    def _answers(self) -> bool:
        self.embedded.calls += 1
        try:
            vector = self.provider.embed_query(CONTROL, timeout=CONTROL_TIMEOUT)
        except ProviderError:
            return False
        return len(vector) == self.dimensions
