#!/usr/bin/env bash
# icu4py 1.2.0 (ICU 78): WordBreaker.segments() yields offsets in UTF-16 code units, although Python's strings count
# code points. After the first character beyond U+FFFF (a rare Chinese character, a mathematical letter) every offset is
# too large by one, so that text[start:end] cuts words in the wrong places, and says nothing. Iterating over the breaker
# yields the right strings, whose lengths can be added up.
# Matters to: everybody who highlights, cuts chunks or stores offsets with it.
# Output seen:
#   segments: ['𠮷 ', 't', 'ea ', 'a', 'nd ', 'c', 'ake']
#   strings:  ['𠮷', ' ', 'tea', ' ', 'and', ' ', 'cake']
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icu4py==1.2.0
"$folder/venv/bin/python" - <<'PYTHON'
import icu4py
from icu4py.breakers import WordBreaker

text = "\U00020bb7 tea and cake"
sliced = [text[start:end] for start, end in WordBreaker(text, "en").segments()]
strings = list(WordBreaker(text, "en"))
print("ICU", icu4py.icu_version)
print("segments:", sliced)
print("strings: ", strings)
assert "".join(strings) == text and "tea" in strings and "cake" in strings
assert "tea" not in sliced and "cake" not in sliced, "segments() counts code points now"
PYTHON
