"""How long an entry waits before it is tried again, and how often."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass

from ...exceptions import MAX_RETRY_AFTER


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waits that double from ``first`` to ``longest``, for faults of one kind."""

    #: Seconds before the second attempt.
    first: float
    #: Seconds that no wait exceeds, whatever the provider asks for.
    longest: float
    #: Attempts after which the entry is given up, until it is edited.
    attempts: int = sys.maxsize
    #: Share of a wait that is random, so that entries that failed together do not come back together.
    jitter: float = 0.5

    def wait(self, attempts: int, asked: float = 0) -> float:
        """Return the seconds before the next attempt.

        Args:
            attempts: faults of this kind in a row, the last one included.
            asked: seconds that the provider has asked for; the wait is at least as long, up to ``longest``.
        """
        spread = random.uniform(1 - self.jitter, 1)  # noqa: S311  # no secret
        doubled = min(self.longest, self.first * 2.0 ** min(attempts - 1, 30))
        return min(self.longest, max(doubled * spread, asked * (2 - spread)))


#: The page is at fault: seven waits from 30 seconds to half an hour, 31 to 61 minutes in all.
PAGE_FAULTS = RetryPolicy(first=30, longest=30 * 60, attempts=8)

#: The provider is at fault: its pages wait as long as it can ask for, and up to half as long again, so that they do not
#: come back together. They are never given up.
PROVIDER_FAULTS = RetryPolicy(first=30, longest=1.5 * MAX_RETRY_AFTER)
