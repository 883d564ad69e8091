"""What follows from a failure of an embedding provider: who is at fault, how long to wait, when the circuit opens.

``judge`` reads an error. A ``Policy`` says what one kind of caller does about it. A provider can ask for a wait of
``MAX_RETRY_AFTER`` at most. docs/explanation/reliability.md shows the same as a table.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ..exceptions import (
    BatchTooLargeError,
    DimensionsError,
    ProviderConfigurationError,
    ProviderError,
    ProviderUnavailableError,
    TooManyCallsError,
)

#: ``text``: what was sent. ``batch``: that so much was sent at once. ``provider``: the service, or its settings.
#: ``process``: this process, which has too many calls under way and did not send this one.
Blame: TypeAlias = Literal["text", "batch", "provider", "process"]

#: Weight of the failures at which the circuit opens.
CIRCUIT_LIMIT = 3

#: Seconds that a failure counts, unless the provider says how long to wait.
FAILURE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an error says by itself."""

    #: Who is at fault.
    blame: Blame
    #: Whether the error proves it. Else the provider is asked for the vector of a harmless sentence.
    certain: bool = False
    #: Whether one failed query opens the circuit: the next would fail as well, or the provider says how long to wait.
    opens_circuit: bool = False
    #: Seconds that the provider asks for, ``MAX_RETRY_AFTER`` at most; ``None`` if it does not say.
    retry_after: float | None = None

    @property
    def may_pass(self) -> bool:
        """Whether the same call may succeed at once. A text is charged with such an error only at the second time."""
        return self.blame == "provider" and not self.certain


#: The first class that fits counts.
_VERDICTS: tuple[tuple[type[ProviderError], Verdict], ...] = (
    (ProviderConfigurationError, Verdict("provider", certain=True, opens_circuit=True)),
    (TooManyCallsError, Verdict("process", certain=True)),
    (ProviderUnavailableError, Verdict("provider")),
    (DimensionsError, Verdict("provider", opens_circuit=True)),
    (BatchTooLargeError, Verdict("batch")),
    (ProviderError, Verdict("text")),
)


def judge(error: ProviderError) -> Verdict:
    """Return what an error of a provider says about who is at fault."""
    verdict = next(verdict for kind, verdict in _VERDICTS if isinstance(error, kind))
    if isinstance(error, ProviderUnavailableError) and error.retry_after is not None:
        return replace(verdict, certain=True, opens_circuit=True, retry_after=error.retry_after)
    return verdict


@dataclass(frozen=True, slots=True)
class Policy:
    """What one kind of caller does about failures."""

    #: How often one call is repeated while the provider is overloaded or unreachable.
    max_retries: int
    #: Longest wait in seconds that the caller accepts, for the circuit to close or before a repetition; ``pause`` adds
    #: up to half to the latter. Where that is not enough, it gives up: a search goes on by words, entries wait in the
    #: database.
    longest_wait: float
    #: Failures within ``FAILURE_SECONDS`` at which the circuit opens.
    opens_circuit_at: int

    def pause(self, retries: int, verdict: Verdict) -> float | None:
        """Return the seconds to wait before a call is repeated, or ``None`` to give up.

        Args:
            retries: how often the call has been repeated already.
            verdict: about the failure.
        """
        seconds = 2.0**retries if verdict.retry_after is None else verdict.retry_after
        if retries >= self.max_retries or seconds > self.longest_wait:
            return None
        return seconds * random.uniform(1, 1.5)  # noqa: S311  # so that callers do not come back together; no secret

    def weight(self, verdict: Verdict) -> int:
        """Return how much a failure counts towards ``CIRCUIT_LIMIT``.

        What may be the fault of one query weighs nothing, or visitors could open the circuit by odd queries.
        """
        if self.opens_circuit_at == 1 or verdict.opens_circuit:
            return CIRCUIT_LIMIT
        return CIRCUIT_LIMIT // self.opens_circuit_at if verdict.blame == "provider" else 0


#: A visitor waits. A search waits for ``QUERY_DEADLINE``, and not at all while the circuit is open.
SEARCH = Policy(max_retries=0, longest_wait=0.0, opens_circuit_at=CIRCUIT_LIMIT)

#: A worker goes on with other entries. It has asked for the harmless sentence, so that one failure is proof.
WORKER = Policy(max_retries=0, longest_wait=0.0, opens_circuit_at=1)

#: A run over the whole site would rather wait than end.
BULK = Policy(max_retries=5, longest_wait=60.0, opens_circuit_at=1)
