"""What is different from language to language: stemmers, elided words, and words that nearly every text has. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: Snowball's stemmers by primary subtag.
STEMMERS: Mapping[str, str] = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hr": "serbian", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch",
    "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sk": "czech", "sr": "serbian", "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

#: Words that lose their vowel before the next one and are joined to it by an apostrophe.
_ELIDED: Mapping[str, str] = {
    "fr": "c d j l m n qu s t jusqu lorsqu puisqu quoiqu quelqu presqu",
    "ca": "d l m n s t",
    "it": "c d l m n s t un all dall dell nell sull coll quell quest gl bell sant dov",
}

#: Languages that write an ending after an apostrophe.
WITH_ENDING_AFTER_APOSTROPHE = frozenset({"tr", "az", "fi"})


@dataclass(frozen=True, slots=True)
class Language:
    """One language, as far as words depend on it."""

    #: Primary subtag: ``pt`` of ``pt-br``.
    code: str
    #: Name of Snowball's stemmer; empty for none.
    stemmer: str
    #: Words before an apostrophe that do not count.
    elided: frozenset[str]
    #: In lower case, as they are written.
    stop_words: frozenset[str]


@cache
def get_language(language_code: str) -> Language:
    """Return the language of a code such as ``pt-br`` or ``zh-hant``; one that is not known has no stemmer."""
    code = language_code.replace("_", "-").lower().partition("-")[0]
    listed = {"nn": "nb", "no": "nb"}.get(code, code)
    return Language(
        code,
        STEMMERS.get(code, ""),
        frozenset(_ELIDED.get(code, "").split()),
        frozenset(_stop_words().get(listed, "").split()),
    )


@cache
def _stop_words() -> dict[str, str]:
    lines = files(__package__).joinpath("stop_words.txt").read_text(encoding="utf-8").splitlines()
    return {code: words for code, _, words in (line.partition(": ") for line in lines if not line.startswith("#"))}
