"""Names of code, such as ``page_published`` or ``os.path``: found whole, and by their parts. Pure."""

from __future__ import annotations

import re
from collections import Counter

# At least two parts of two characters, so that "e.g." and "p.m." are not cut.
_SEPARATED = re.compile(
    r"(?<!\w)_{0,2}[A-Za-z][A-Za-z0-9]++(?:(?:__?|\.|::)[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*){1,20}_{0,2}(?!\w)"
)
# What every such name has in it, found ten times as fast: most texts hold none, and need no look at each word.
_INNER_SEPARATOR = re.compile(r"[_.:][0-9]*[A-Za-z]")
_INNER_HUMP = re.compile(r"[A-Z](?<=[A-Za-z0-9][A-Z])")
_DOT = re.compile(r"\.|::")
_SEPARATOR = re.compile(r"_+|\.|::")
_HUMPED = re.compile(r"\b[A-Za-z0-9]*(?:[a-z0-9][A-Z]|[A-Z]{2}[a-z]{2})[A-Za-z0-9]*\b")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def split_identifiers(text: str) -> tuple[str, Counter[str]]:
    """Return text in which names of code are written as words, and how often each name stands there as a whole.

    PostgreSQL takes ``os.path`` for one word, ``page_published`` for two, and ``StreamField`` for one: a search for
    any of them, or for one of its words, should find all of them. The same function must be used on the document and
    on the query.

    Returns:
        The text, names followed by their parts where PostgreSQL would not see these; and the names in lower case,
        which PostgreSQL would take apart.
    """
    names: Counter[str] = Counter()

    def separate(match: re.Match[str]) -> str:
        name = match[0].strip("_")
        attributes = (part for part in _DOT.split(name) if "_" in part.strip("_"))
        names.update(dict.fromkeys((whole.lower() for whole in (name, *attributes)), 1))
        return _SEPARATOR.sub(" ", name)

    if _INNER_SEPARATOR.search(text):
        text = _SEPARATED.sub(separate, text)
    if _INNER_HUMP.search(text):
        text = _HUMPED.sub(_append_humps, text)
    return text, names


def _append_humps(match: re.Match[str]) -> str:
    humps: list[str] = _HUMP.findall(match[0])
    return f"{match[0]} {' '.join(hump for hump in humps if len(hump) > 1)}"
