"""Terms as the words that they were made of: "librari" tells an editor nothing, "libraries" does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from django.db import connections

# Tokens looked at, the most frequent ones: the stemmer takes some ten microseconds for each.
_MAX_TOKENS = 5000
# An underscore joins words that PostgreSQL takes apart.
_TOKEN = re.compile(r"[^\W_]+")

_STEM = "SELECT token, tsvector_to_array(to_tsvector(%s::regconfig, token)) FROM unnest(%s::text[]) AS token"


def whole_words(terms: Collection[str], text: str, config: str, using: str) -> dict[str, str]:
    """Return for each term the word of a text that it was made of, as it is written most often.

    One statement. A term that is no part of any word, such as the name of code, is returned as it is.

    Args:
        terms: As they are indexed.
        text: Where their words stand.
        config: PostgreSQL's text-search configuration that made the terms.
        using: The database.
    """
    tokens = Counter(_TOKEN.findall(text))
    if not terms or not tokens:
        return {term: term for term in terms}
    written: dict[str, str] = {}
    stems = _stem([token for token, _ in tokens.most_common(_MAX_TOKENS)], config, using)
    for token in tokens:
        if len(stem := stems.get(token, [])) == 1:
            best = written.get(stem[0])
            written[stem[0]] = token if best is None or tokens[token] > tokens[best] else best
    return {term: written.get(term, term) for term in terms}


def _stem(tokens: list[str], config: str, using: str) -> dict[str, list[str]]:
    with connections[using].cursor() as cursor:
        cursor.execute(_STEM, [config, tokens])
        return dict(cursor.fetchall())
