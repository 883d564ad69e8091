"""Words that are none of a site's and yet no typing errors: what dictionaries list. Pure."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

#: Files of this folder by primary subtag: words without accents, one a line.
_LISTS = {"en": "english_words.txt.gz"}


def is_listed(folded: str, language: str) -> bool | None:
    """Return whether a word is listed; ``None`` for a language without a list.

    Args:
        folded: four letters or more, from ``fold``.
        language: primary subtag.
    """
    name = _LISTS.get(language)
    return folded.isalpha() and f"\n{folded}\n".encode() in _read(name) if name else None


@cache
def _read(name: str) -> bytes:
    # One object rather than a set of 90,000: a tenth of the memory, and a word is looked up only where no page has it.
    return gzip.decompress(files(__package__).joinpath(name).read_bytes())
