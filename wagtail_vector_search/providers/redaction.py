"""Keeps keys, passwords and page content out of error messages, which end in logs and in the database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

REMOVED = "[removed]"

#: Characters of an error message that are kept: enough for any explanation, not for an HTML page a proxy sent.
MAX_LENGTH = 10_000

#: A stretch this long that message and text have in common is a quotation, not chance.
QUOTATION_LENGTH = 24

#: Texts shorter than this are not looked for: hiding "a" would hide the message.
_MIN_TEXT_LENGTH = 4

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # user:password@host
    (re.compile(r"(?<=://)[^\s/@]+@"), f"{REMOVED}@"),
    # Authorization headers
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=*-]{6,}", re.IGNORECASE), rf"\1 {REMOVED}"),
    # key=..., "api_key": "...", X-Api-Key: ...
    (
        re.compile(
            r"""\b([\w-]{0,40}(?:key|token|secret|passw(?:or)?d|pwd|signature|credentials?|authorization))"""
            r"""(["']?\s*[=:]\s*["']?)(?!\[removed\]|(?:bearer|basic)\s)[^\s"'&,;}]+""",
            re.IGNORECASE,
        ),
        rf"\1\2{REMOVED}",
    ),
    # Keys by their makers' prefixes: sk-..., gsk_..., hf_..., AIza...
    (re.compile(r"\b(?:sk|pk|rk|gsk|hf|pa|xai|nvapi|jina|ghp|pplx)[-_][\w*.-]{6,}\w?"), REMOVED),
    (re.compile(r"\bAIza[\w-]{16,}"), REMOVED),
    # JSON web tokens
    (re.compile(r"\beyJ[\w-]{4,2000}\.[\w-]+(?:\.[\w-]*)?"), REMOVED),
    # Anything else that looks drawn at random: 32 or more letters and digits without a break
    (re.compile(r"\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{32,}\b"), REMOVED),
)


def redact(message: str, *, secrets: Iterable[str] = (), texts: Sequence[str] = ()) -> str:
    """Return an error message without credentials and without the content it was about.

    Args:
        message: what a library or a service said.
        secrets: values to remove wherever they stand, such as the key in use.
        texts: the texts that were being embedded; what the message quotes of them is removed.
    """
    # Cut before searching, far beyond what is kept, so that no half of a key can be left at the end.
    message = message[: 4 * MAX_LENGTH]
    for secret in secrets:
        if len(secret) >= _MIN_TEXT_LENGTH:
            message = message.replace(secret, REMOVED)
    for pattern, replacement in _PATTERNS:
        message = pattern.sub(replacement, message)
    message = _remove_quotations(message, texts)
    return message if len(message) <= MAX_LENGTH else f"{message[:MAX_LENGTH]}…"


def _remove_quotations(message: str, texts: Sequence[str]) -> str:
    for text in texts:
        if len(text) >= _MIN_TEXT_LENGTH:
            message = message.replace(text, REMOVED)
    known = {window for text in texts for window in _windows(text)}
    quoted = [start for start, window in enumerate(_windows(message)) if window in known]
    for start, stop in reversed(list(_merge(quoted))):
        message = f"{message[:start]}{REMOVED}{message[stop:]}"
    return message


def _windows(text: str) -> Iterator[str]:
    return (text[start : start + QUOTATION_LENGTH] for start in range(len(text) - QUOTATION_LENGTH + 1))


def _merge(starts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Join overlapping windows, given by their starts in ascending order, to ``(start, stop)`` stretches."""
    stretch: tuple[int, int] | None = None
    for start in starts:
        if stretch and start <= stretch[1]:
            stretch = (stretch[0], start + QUOTATION_LENGTH)
            continue
        if stretch:
            yield stretch
        stretch = (start, start + QUOTATION_LENGTH)
    if stretch:
        yield stretch
