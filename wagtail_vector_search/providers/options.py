"""Typed reading of ``OPTIONS``, with errors that say what to type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..exceptions import ProviderConfigurationError


def refuse_unknown(options: Mapping[str, Any], known: tuple[str, ...], *, source: str) -> None:
    """Raise ``ProviderConfigurationError`` for an option that the provider would ignore."""
    unknown = sorted(str(name) for name in options if name not in known)
    if unknown:
        listed = ", ".join(sorted(known)) or "none"
        raise ProviderConfigurationError(f'{source} does not know the option "{unknown[0]}". Known options: {listed}.')


def read_count(options: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number from 1, or ``None`` when the option is not set."""
    value = options.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ProviderConfigurationError(f'OPTIONS["{name}"] must be a whole number from 1.')
    return value


def read_seconds(options: Mapping[str, Any], name: str, *, default: float) -> float | None:
    """Return a number of seconds above 0, or ``None`` when the option is set to ``None``."""
    value = options.get(name, default)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise ProviderConfigurationError(f'OPTIONS["{name}"] must be a number of seconds above 0, or None.')
    return float(value)


def read_flag(options: Mapping[str, Any], name: str) -> bool | None:
    """Return ``True`` or ``False``, or ``None`` when the option is not set."""
    value = options.get(name)
    if value is not None and not isinstance(value, bool):
        raise ProviderConfigurationError(f'OPTIONS["{name}"] must be True or False.')
    return value


def read_text(options: Mapping[str, Any], name: str) -> str:
    """Return a string; empty when the option is not set. Its value never stands in the error: it may be a key."""
    value = options.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ProviderConfigurationError(f'OPTIONS["{name}"] must be a string, not {type(value).__name__}.')
    return value
