"""The analyzer of each language, one a process: what it has read before makes it quick."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from ..exceptions import SettingsError
from .analyzer import Analyzer

DEFAULT_ANALYZER = "wagtail_vector_search.analysis.Analyzer"


def get_analyzer(language_code: str, configured: Mapping[str, Any]) -> Analyzer:
    """Return the analyzer of a language.

    Args:
        language_code: of pages, such as ``pt-br``.
        configured: ``ANALYZERS`` in settings, by language code or by its first part.

    Raises:
        SettingsError: there is no such class, or it does not take its options.
    """
    path, options = _choose(language_code, configured)
    return _make(path, language_code, options)


def get_analyzers(language_codes: Iterable[str], configured: Mapping[str, Any]) -> tuple[Analyzer, ...]:
    """Return the analyzers of several languages, in order; of codes that are read alike (en, en-gb) that of the first.

    Args:
        language_codes: of pages.
        configured: ``ANALYZERS`` in settings.

    Raises:
        SettingsError: as ``get_analyzer`` does.
    """
    made: dict[tuple[str, ...], Analyzer] = {}
    for code in language_codes:
        analyzer = get_analyzer(code, configured)
        made.setdefault((*_choose(code, configured), analyzer.language.code), analyzer)
    return tuple(made.values())


def _choose(language_code: str, configured: Mapping[str, Any]) -> tuple[str, str]:
    """Return the dotted path of the analyzer of a language, and its options as JSON."""
    primary = language_code.partition("-")[0]
    chosen = configured.get(language_code) or configured.get(primary) or DEFAULT_ANALYZER
    path, options = (chosen, {}) if isinstance(chosen, str) else (chosen.get("ANALYZER"), chosen.get("OPTIONS", {}))
    return str(path or DEFAULT_ANALYZER), json.dumps(options, sort_keys=True)


@cache
def _make(path: str, language_code: str, options: str) -> Analyzer:
    module, _, name = path.rpartition(".")
    try:
        made = getattr(import_module(module), name)(language_code, **json.loads(options))
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise SettingsError(f'The analyzer "{path}" of ANALYZERS cannot be made: {error}') from error
    if not isinstance(made, Analyzer):
        raise SettingsError(f'"{path}" of ANALYZERS is no subclass of {DEFAULT_ANALYZER}.')
    return made


def analysis_fingerprint(configured: Mapping[str, Any]) -> str:
    """Return what the terms of a site depend on: the analyzers, their options, and the versions of their libraries.

    Args:
        configured: ``ANALYZERS`` in settings.

    Raises:
        SettingsError: an analyzer cannot be made.
    """
    made = {code: get_analyzer(code, configured).fingerprint() for code in sorted(configured)}
    return json.dumps([get_analyzer("", {}).fingerprint(), made, configured], sort_keys=True)
