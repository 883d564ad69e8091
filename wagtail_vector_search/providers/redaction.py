"""Keeps keys, addresses and what was embedded out of error messages, which end in logs and in the database."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, quote_plus

from ..privacy import REMOVED

#: Characters of an error message that are kept: enough for any explanation, not for an HTML page a proxy sent.
MAX_LENGTH = 10_000

#: Joins emoji to one, such as a family.
_JOINER = "\u200d"

#: Code points that one visible character has at most.
_LONGEST_CHARACTER = 20

#: A stretch this long that message and text have in common is a quotation, not chance. Of a short text, which a query
#: is, half of it is one.
QUOTATION_LENGTH = 24
_SHORTEST_QUOTATION = 5

#: Texts shorter than this are looked for as words of their own: hiding every "hi" would hide the message.
_MIN_TEXT_LENGTH = 4

#: Longer texts are sent in the body of a request, so that no address in a message quotes them.
_LONGEST_IN_ADDRESS = 2000

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # https://user:password@host/path; \w keeps one that has been removed already from being removed again
    (re.compile(r"\b[a-z][a-z\d+.-]{0,20}://[^\s\"'<>()\[\]{}]*[\w/]", re.IGNORECASE), REMOVED),
    # host='embedder', port=8080; Cannot connect to host embedder.internal:8080
    (re.compile(r"""(\bhost(?:name)?["']?\s?[=:]\s?)["']?[\w.-]+(?::\d+)?["']?""", re.IGNORECASE), rf"\1{REMOVED}"),
    (re.compile(r"(\bhost(?:name)? )[\w-]+(?:\.[\w-]+)+(?::\d+)?", re.IGNORECASE), rf"\1{REMOVED}"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b(?::\d+)?"), REMOVED),
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
    """Return an error message without credentials, addresses of services, and the content it was about.

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
    return message if len(message) <= MAX_LENGTH else f"{message[: _whole_length(message)]}…"


def _whole_length(message: str) -> int:
    """Return where to cut a message without separating an accent from its letter or the parts of an emoji."""
    end = MAX_LENGTH
    while end > MAX_LENGTH - _LONGEST_CHARACTER and (
        _JOINER in message[end - 1 : end + 1] or unicodedata.category(message[end])[0] == "M"
    ):
        end -= 1
    return end


def _remove_quotations(message: str, texts: Sequence[str]) -> str:
    said = [form for text in texts for form in _forms(text)]
    for text in said:
        if len(text) >= _MIN_TEXT_LENGTH:
            message = message.replace(text, REMOVED)
        elif len(text) > 1:
            message = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", REMOVED, message)
    quoted: set[int] = set()
    windows_by_length: dict[int, set[str]] = {}
    for text in said:
        length = min(QUOTATION_LENGTH, max(_SHORTEST_QUOTATION, len(text) // 2))
        windows_by_length.setdefault(length, set()).update(_windows(_lowered(text), length))
    for length, windows in windows_by_length.items():
        starts = [start for start, window in enumerate(_windows(_lowered(message), length)) if window in windows]
        quoted.update(position for start in starts for position in range(start, start + length))
    for start, stop in reversed(list(_stretches(sorted(quoted)))):
        message = f"{message[:start]}{REMOVED}{message[stop:]}"
    return message


def _forms(text: str) -> Iterator[str]:
    """Yield a text as messages quote it: plain, within JSON, and within an address."""
    yield text
    yield json.dumps(text)[1:-1]
    if len(text) <= _LONGEST_IN_ADDRESS:
        yield quote(text, safe="", errors="replace")
        yield quote_plus(text, errors="replace")


def _lowered(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text  # a few letters become two


def _windows(text: str, length: int) -> Iterator[str]:
    return (text[start : start + length] for start in range(len(text) - length + 1))


def _stretches(positions: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Join neighbouring positions, given in ascending order, to ``(start, stop)`` stretches."""
    start = 0
    for number, position in enumerate(positions):
        if number + 1 == len(positions) or positions[number + 1] != position + 1:
            yield positions[start], position + 1
            start = number + 1
