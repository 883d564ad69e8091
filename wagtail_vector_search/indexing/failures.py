"""Describes an error for the database and the log: without keys, and without the text of pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from traceback import extract_tb

from ..content import clean_text
from ..providers.redaction import redact


def describe_failure(exc: BaseException, texts: Sequence[str] = ()) -> str:
    """Return an error's type, message and place, redacted.

    Args:
        exc: the error.
        texts: page text that the message must not quote.
    """
    message = clean_text(redact(f"{type(exc).__name__}: {exc}", texts=texts))
    frames = extract_tb(exc.__traceback__)
    if not frames:
        return message
    return f"{message} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})"
