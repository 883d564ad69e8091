"""Sorts what libraries and services raise into this package's errors, without importing any of them.

The clients of embedding services share no base class, but they agree on names: ``status_code`` or ``code`` holds the
HTTP status, ``response.headers`` or ``headers`` the answer's headers, and timeouts are called so.
"""

from __future__ import annotations

import math
import re
import time
import traceback
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime

from ..exceptions import (
    BatchTooLargeError,
    InvalidEmbeddingError,
    ProviderConfigurationError,
    ProviderError,
    ProviderUnavailableError,
)
from .redaction import MAX_LENGTH, redact

_STATUS_ERRORS: Mapping[int, type[ProviderError]] = {
    200: InvalidEmbeddingError,
    401: ProviderConfigurationError,
    403: ProviderConfigurationError,
    404: ProviderConfigurationError,
    408: ProviderUnavailableError,
    409: ProviderUnavailableError,
    413: BatchTooLargeError,
    425: ProviderUnavailableError,
    429: ProviderUnavailableError,
}

#: How services word a 400 or 422 that a smaller batch would avoid.
_TOO_LARGE = re.compile(
    r"too (?:large|long|many|big)|(?:context|input|sequence) length|longer than|reduce (?:the|your)|"
    r"(?:max\w*|limit|exceed\w*)\b.{0,60}\b(?:tokens?|batch|length|size|inputs?|items|texts)|"
    r"(?:tokens?|batch|length|size|inputs?|items|texts)\b.{0,60}\b(?:max\w*|limit|exceed\w*)",
    re.IGNORECASE | re.DOTALL,
)

#: Part of the name of an exception class, or of one of its bases -> our error. The first match counts.
_NAME_ERRORS: tuple[tuple[str, type[ProviderError]], ...] = (
    ("NeedsKey", ProviderConfigurationError),
    ("UnknownModel", ProviderConfigurationError),
    ("ImportError", ProviderConfigurationError),
    ("FileNotFoundError", ProviderConfigurationError),
    ("PermissionError", ProviderConfigurationError),
    ("Timeout", ProviderUnavailableError),
    ("Connect", ProviderUnavailableError),
    ("NetworkError", ProviderUnavailableError),
    ("TransportError", ProviderUnavailableError),
    ("ProtocolError", ProviderUnavailableError),
    ("RateLimit", ProviderUnavailableError),
    ("JSONDecodeError", ProviderUnavailableError),
    ("IncompleteRead", ProviderUnavailableError),
    ("OSError", ProviderUnavailableError),
    ("MemoryError", BatchTooLargeError),
)


def to_provider_error(
    exc: Exception, *, source: str, secrets: Sequence[str] = (), texts: Sequence[str] = ()
) -> ProviderError:
    """Return the error of this package that corresponds to an exception.

    The original is not chained, as its message may hold a key; its redacted traceback is added as a note.

    Args:
        exc: what the library raised.
        source: provider and model, for the message.
        secrets: values that must not stand in the message.
        texts: the texts that were being embedded, of which the message must quote nothing.
    """
    status = _status(exc)
    kind = _kind(exc, status)
    named = f"HTTP {status}, {type(exc).__name__}" if status else type(exc).__name__
    # The cause often alone says what happened ("name not known").
    said, cause = _message(exc), _message(exc.__cause__) if exc.__cause__ else ""
    said = f"{said} ({cause})" if cause and cause not in said else said
    message = redact(f"{source}: {named}: {said}", secrets=secrets, texts=texts)
    if issubclass(kind, ProviderUnavailableError):
        error: ProviderError = kind(message, retry_after=_retry_after(exc))
    else:
        error = kind(message)
    error.add_note(_trace(exc, secrets, texts))
    return error


def clean_provider_error(error: ProviderError, *, secrets: Sequence[str], texts: Sequence[str]) -> ProviderError:
    """Return an error of this package, as a subclass raised it, without keys, addresses and texts.

    Its message is redacted, and so is its traceback, which becomes a note: the frames of a client hold keys, and so may
    the error that it was raised from.
    """
    trace = _trace(error, secrets, texts)
    error.args = tuple(redact(str(argument), secrets=secrets, texts=texts) for argument in error.args)
    error.__cause__ = error.__context__ = None
    error.__notes__ = [trace]
    return error.with_traceback(None)


def _retry_after(exc: Exception) -> float | None:
    given = getattr(getattr(exc, "response", None), "headers", None) or getattr(exc, "headers", None)
    try:
        headers = {str(name).lower(): str(value) for name, value in given.items()} if given else {}
    except (AttributeError, TypeError, ValueError):
        return None
    milliseconds = _number(headers.get("retry-after-ms"))
    seconds = _seconds(headers.get("retry-after")) if milliseconds is None else milliseconds / 1000
    return None if seconds is None or math.isnan(seconds) else seconds


def _kind(exc: Exception, status: int | None) -> type[ProviderError]:
    if status in (400, 422):
        return BatchTooLargeError if _TOO_LARGE.search(_message(exc)[:MAX_LENGTH]) else ProviderError
    if status is not None and status >= 500:
        return ProviderUnavailableError
    if status is not None:
        return _STATUS_ERRORS.get(status, ProviderError)
    names = [cls.__name__ for cls in type(exc).__mro__]
    return next((kind for part, kind in _NAME_ERRORS if any(part in name for name in names)), ProviderError)


def _status(exc: Exception) -> int | None:
    response = getattr(exc, "response", None)
    candidates = (
        getattr(exc, "status_code", None),
        getattr(exc, "http_status", None),
        getattr(response, "status_code", None),
        getattr(exc, "code", None),
    )
    return next((int(value) for value in candidates if isinstance(value, int) and 100 <= value < 600), None)


def _seconds(value: str | None) -> float | None:
    """Read ``Retry-After``: a number of seconds, or a date."""
    number = _number(value)
    if number is not None or value is None:
        return number
    try:
        return parsedate_to_datetime(value).timestamp() - time.time()
    except (TypeError, ValueError, OverflowError):
        return None


def _number(value: str | None) -> float | None:
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None


def _trace(exc: Exception, secrets: Sequence[str], texts: Sequence[str]) -> str:
    return redact("".join(traceback.format_exception(exc)), secrets=secrets, texts=texts)


def _message(exc: BaseException) -> str:
    try:
        return str(exc)
    except Exception as problem:
        return f"({type(problem).__name__} in its message)"
