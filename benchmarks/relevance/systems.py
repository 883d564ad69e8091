"""The searches that are compared; those with a cut-off also without it, which shows what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..site.systems import SYSTEMS as SEARCHES
from ..site.systems import System
from .reference import REFERENCES

_NO_CUTOFF = "-no-cutoff"
SEMANTIC_NO_CUTOFF = f"semantic{_NO_CUTOFF}"

SYSTEMS: Mapping[str, System] = {
    **SEARCHES,
    SEMANTIC_NO_CUTOFF: System("semantic, no cut-off", {"backend": "semantic"}),
    f"hybrid{_NO_CUTOFF}": System("hybrid, no cut-off", {"backend": "hybrid"}),
}

LABELS: Mapping[str, str] = {**{name: system.label for name, system in SYSTEMS.items()}, **REFERENCES}


@contextmanager
def settings_of(name: str) -> Iterator[None]:
    """Search with the settings of a system; they are read when results are, so these must be read in here."""
    from django.conf import settings
    from django.test import override_settings

    from wagtail_vector_search.conf import SETTING_NAME

    configured = getattr(settings, SETTING_NAME)
    if name.endswith(_NO_CUTOFF) or name in REFERENCES:
        configured = {index_name: {**values, "CUTOFF": 0} for index_name, values in configured.items()}
    with override_settings(**{SETTING_NAME: configured}):
        yield
