#!/usr/bin/env bash
# stop-words 2025.11.4 (PyPI): the lists are not function words. The English one has 1,333 entries, among them
# "computer", "fire", "bill", "system" and "research"; the Turkish one holds words in a wrong encoding ("onlarýn",
# "þundan") and a fragment of another program ("INSERmi"). A search that drops them cannot find a page about computers.
# Matters to: everybody who takes a stop list from PyPI for an index or a query.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check stop-words==2025.11.4
"$folder/venv/bin/python" - <<'PYTHON'
from stop_words import get_stop_words

english, turkish = get_stop_words("en"), get_stop_words("tr")
content = sorted({"computer", "fire", "bill", "system", "research", "home", "fill", "world"} & set(english))
broken = sorted(word for word in turkish if word == "INSERmi" or set(word) & set("ýþð"))
print(len(english), "English words, among them", content)
print(len(turkish), "Turkish words, among them", broken)
assert len(english) == 1333 and "computer" in content and len(content) >= 3
assert "INSERmi" in broken and len(broken) >= 2
PYTHON
