"""Options of a provider that never reach the database: keys, passwords, and the addresses of services."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.crypto import salted_hmac

from ..privacy import is_address, is_private


def without_private(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as JSON can keep them, without keys, passwords and addresses."""
    plain = {
        name: without_private(value) if isinstance(value, Mapping) else value
        for name, value in options.items()
        if not is_private(name, value)
    }
    kept: dict[str, Any] = json.loads(json.dumps(plain, default=repr))
    return kept


def only_private(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``without_private`` leaves out."""
    found = {}
    for name, value in options.items():
        if is_private(name, value):
            found[name] = value
        elif isinstance(value, Mapping) and (nested := only_private(value)):
            found[name] = nested
    return found


def with_private(options: Mapping[str, Any], private: Mapping[str, Any]) -> dict[str, Any]:
    """Put what ``only_private`` returned back into what ``without_private`` returned."""
    merged = dict(options)
    for name, value in private.items():
        stored = merged.get(name)
        if isinstance(value, Mapping) and isinstance(stored, Mapping):
            merged[name] = with_private(stored, value)
        else:
            merged[name] = value
    return merged


def address_digest(options: Mapping[str, Any]) -> str:
    """Return a keyed hash of the addresses in options, which does not reveal them; empty without any."""
    addresses = sorted(_addresses(options))
    if not addresses:
        return ""
    return salted_hmac("wagtail_vector_search.addresses", repr(addresses), algorithm="sha256").hexdigest()


def _addresses(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in options.items():
        if isinstance(value, Mapping):
            yield from _addresses(value, f"{prefix}{name}.")
        elif is_address(name, value):
            yield f"{prefix}{name}", str(value)
