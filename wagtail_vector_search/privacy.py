"""Which options of a provider are private: keys, passwords, and the addresses of services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

#: What is shown in place of something private.
REMOVED = "[removed]"

#: An option whose name holds one of these words is a secret.
_SECRET_WORDS = ("key", "token", "secret", "password", "passwd", "credential", "auth", "cookie")
#: An option whose name holds one of these words says where a service is.
_ADDRESS_WORDS = ("url", "uri", "endpoint", "host", "address", "api_base", "proxy")


class Options(dict[str, Any]):
    """Options of a provider. Their ``repr``, which error pages and logs show, leaves out what is private."""

    def __repr__(self) -> str:
        return repr(_shown(self))


def is_private(name: str, value: Any) -> bool:
    """Return whether an option is a key, a password or an address."""
    # A number is a limit, such as max_batch_tokens.
    is_secret = any(word in str(name).lower() for word in _SECRET_WORDS) and not isinstance(value, (int, float))
    hides_one = isinstance(value, (list, tuple)) and any(True for _ in _private(value))
    return is_secret or hides_one or is_address(name, value)


def is_address(name: str, value: Any) -> bool:
    """Return whether an option says where a service is."""
    if value is None or isinstance(value, (int, float, Mapping)):
        return False
    return any(word in str(name).lower() for word in _ADDRESS_WORDS) or "://" in str(value)


def private_values(options: Mapping[str, Any]) -> list[str]:
    """Return every text in options that must not be shown, the longest first: keys, passwords, addresses and hosts."""
    values: set[str] = set()
    for value in _private(options):
        values |= {value, *value.split()}  # "Bearer" and the token
        with suppress(ValueError):
            url = urlsplit(value)
            values.update(filter(None, (url.netloc, url.hostname, url.password)))
    return sorted(values, key=len, reverse=True)


def _private(value: Any, private: bool = False) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, nested in value.items():
            yield from _private(nested, private or is_private(name, nested))
    elif isinstance(value, (list, tuple, set)):
        for nested in value:
            yield from _private(nested, private)
    elif isinstance(value, str) and (private or "://" in value):
        yield value


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: REMOVED if is_private(name, nested) else _shown(nested) for name, nested in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_shown(nested) for nested in value]
    return REMOVED if isinstance(value, str) and "://" in value else value
