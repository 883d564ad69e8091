"""What is compared: every search, and the hybrid without its cut-off, which tells what the cut-off costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..site.systems import SYSTEMS as SEARCHES
from ..site.systems import System

NO_CUTOFF = "hybrid-no-cutoff"

SYSTEMS: Mapping[str, System] = {**SEARCHES, NO_CUTOFF: System("hybrid, no cut-off", {"backend": "hybrid"})}


@contextmanager
def settings_of(name: str) -> Iterator[None]:
    """Search with the settings of a system; they are read when results are, so these must be read in here."""
    from django.conf import settings
    from django.test import override_settings

    from wagtail_vector_search.conf import SETTING_NAME

    configured = getattr(settings, SETTING_NAME)
    if name == NO_CUTOFF:
        configured = {alias: {**values, "CUTOFF": 0} for alias, values in configured.items()}
    with override_settings(**{SETTING_NAME: configured}):
        yield
