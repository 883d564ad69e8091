"""How much the fuzz tests try: the same inputs in every run, so that CI cannot fail by chance, and little of them.

``HYPOTHESIS_PROFILE=thorough`` tries new inputs each time, and many.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The database is as it was after each input, and fixtures are built once for all of them on purpose.
_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
_PROFILES = {
    "quick": settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=_CHECKS, database=None),
    "thorough": settings(max_examples=2000, deadline=None, suppress_health_check=_CHECKS),
}

#: To decorate a fuzz test with.
fuzzed = _PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "quick")]
