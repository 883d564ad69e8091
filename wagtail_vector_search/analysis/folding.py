"""Letters as they are compared: case, accents, width, ligatures and letter forms folded. Pure.

Folding is NFKC and full case folding (Unicode Standard Annex #15; chapter 3.13 of the standard), and then without the
marks that people leave out when they type. Marks that make another letter stay: those of Cyrillic й and ї, of kana, and
the vowel signs and tones of Indic and South-East Asian scripts.
"""

from __future__ import annotations

import unicodedata
from functools import cache

#: Marks of Latin, Greek and Cyrillic, points of Hebrew, vowel signs of Arabic, and its stretched line.
_MARKS = frozenset(
    [*range(0x0300, 0x0370), *range(0x0591, 0x05C8), 0x0640, *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06EE)]
)
_KEPT = frozenset("йїўќѓ")
#: Letters that no decomposition of Unicode makes equal to those that are typed in their place.
_LETTERS = {
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k",
    "ı": "i", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ґ": "г", "ə": "e", "ʻ": "", "ʹ": "",
    # Arabic: alef with hamza or madda, teh marbuta, alef maksura, hamza on its seat.
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي",
    # Persian and Urdu letters to the Arabic ones that look and mean the same.
    "ک": "ك", "ی": "ي", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ے": "ي",
}  # fmt: skip
#: Two letters that are written for one, where the letter or its keyboard is foreign.
DIGRAPHS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "ß": "ss", "œ": "oe"}
#: Languages that count these among their own letters and never write them so.
_WITHOUT_DIGRAPHS = frozenset(
    {"tr", "az", "fi", "et", "hu", "sk", "tk", "kk", "uz", "vi", "cy", "ca", "es", "pt", "nl"}
)
_TURKIC = frozenset({"tr", "az"})


def lower(word: str, language: str) -> str:
    """Return a word in lower case, its marks kept: what a stemmer reads.

    Args:
        word: one word.
        language: primary subtag; Turkish and Azerbaijani have an i without a dot.
    """
    if word.isascii() and language not in _TURKIC:
        return word.lower()
    if language in _TURKIC:
        word = word.replace("I\u0307", "i").replace("I", "ı").replace("İ", "i")
    word = unicodedata.normalize("NFKC", word).replace("\u200d", "").casefold()
    # Case folding may leave a letter and its mark apart, and make ß two letters.
    return unicodedata.normalize("NFC", word)


class _Folded(dict[int, str]):
    """Folded letters by code point, found out once each."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if code in _MARKS:
            folded = ""
        elif character in _KEPT:
            folded = character
        elif character in _LETTERS:
            folded = _LETTERS[character]
        elif (digit := unicodedata.digit(character, -1)) >= 0:
            folded = str(digit)
        else:
            decomposed = unicodedata.normalize("NFD", character)
            bare = "".join(part for part in decomposed if ord(part) not in _MARKS)
            folded = character if bare == character or not bare else "".join(_LETTERS.get(part, part) for part in bare)
            folded = unicodedata.normalize("NFC", folded)
        self[code] = folded
        return folded


_FOLDED = _Folded()


def fold(lowered: str) -> str:
    """Return a word in lower case as it is compared: without marks, and each letter in its plainest form.

    Args:
        lowered: from ``lower``, perhaps stemmed.
    """
    return lowered if lowered.isascii() else lowered.translate(_FOLDED)


def write_digraphs(lowered: str, language: str) -> str:
    """Return a word in lower case with "ue" for "ü" and the like; the same word where nothing is to be written so."""
    if lowered.isascii() or language in _WITHOUT_DIGRAPHS:
        return lowered
    return lowered.translate(_digraphs())


@cache
def _digraphs() -> dict[int, str]:
    return str.maketrans(DIGRAPHS)
