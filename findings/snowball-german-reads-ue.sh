#!/usr/bin/env bash
# PyStemmer 3.1.0 (Snowball 3): the German stemmer reads "ue" as "ü", which that of PyStemmer 2.2.0.3 (Snowball 2, as in
# PostgreSQL up to 18) did not: "mueller" and "müller" have one stem now. Both drop the umlaut from the stem, so that
# "schön" (beautiful) and "schon" (already) are one term, whatever the caller does about accents.
# Output seen:
#   PyStemmer 2.2.0.3: mull muell mull schon schon
#   PyStemmer 3.1.0:   mull mull mull schon schon
# Matters to: everybody who stores stems and upgrades the library, or stems the two sides in different places.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
for version in 2.2.0.3 3.1.0; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "PyStemmer==$version"
done
stems() { "$folder/$1/bin/python" -c 'import Stemmer; print(*Stemmer.Stemmer("german").stemWords(["müller", "mueller", "muller", "schön", "schon"]))'; }
echo "PyStemmer 2.2.0.3: $(stems 2.2.0.3)"
echo "PyStemmer 3.1.0:   $(stems 3.1.0)"
[ "$(stems 3.1.0)" = "mull mull mull schon schon" ]
[ "$(stems 2.2.0.3)" != "$(stems 3.1.0)" ]
