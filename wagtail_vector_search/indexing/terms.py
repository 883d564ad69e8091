"""Text to terms, by PostgreSQL's own text-search configurations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..content import KeywordText, keyword_text
from ..database.execute import fetch
from .preparation import PreparedPage

#: How often a term of the title, or of other important text, counts.
TITLE_WEIGHT = 2

#: Characters that go into one ``tsvector``, which counts no term beyond 255 and no word beyond the 16,383rd.
PIECE_LENGTH = 2_000

TERMS = """
SELECT piece.page, piece.weight, word.terms, word.frequencies
FROM unnest(%(pages)s::int[], %(weights)s::int[], %(configs)s::text[], %(texts)s::text[])
    AS piece (page, weight, config, text)
CROSS JOIN LATERAL (
    SELECT array_agg(lexeme) AS terms, array_agg(coalesce(array_length(positions, 1), 1)) AS frequencies
    FROM unnest(to_tsvector(piece.config::regconfig, piece.text))
) AS word
WHERE word.terms IS NOT NULL
"""

#: Frequency by term, in the order of the terms' code points.
Frequencies = dict[str, int]


def count_terms(pages: Sequence[PreparedPage], using: str) -> list[Frequencies]:
    """Return how often each term stands on each page, terms of the title counted twice. One statement."""
    texts = [keyword_text(page.document) for page in pages]
    counted = [_count_names(text) for text in texts]
    pieces = [
        (number, weight, page.config, piece)
        for number, (page, text) in enumerate(zip(pages, texts, strict=True))
        for weight, piece in _pieces(text)
    ]
    if pieces:
        numbers, weights, configs, parts = map(list, zip(*pieces, strict=True))
        parameters = {"pages": numbers, "weights": weights, "configs": configs, "texts": parts}
        for number, weight, terms, frequencies in fetch(using, TERMS, parameters):
            weighted = frequencies if weight == 1 else [weight * frequency for frequency in frequencies]
            counted[number].update(dict(zip(terms, weighted, strict=True)))
    return [dict(sorted(frequencies.items())) for frequencies in counted]


def count_pages_with(frequencies: Sequence[Frequencies]) -> Counter[str]:
    """Return on how many of the pages each term stands."""
    return Counter(term for page in frequencies for term in page)


def _count_names(text: KeywordText) -> Counter[str]:
    names = Counter(text.body_names)
    for name, frequency in text.title_names.items():
        names[name] += TITLE_WEIGHT * frequency
    return names


def _pieces(text: KeywordText) -> Iterator[tuple[int, str]]:
    # The longest first: adding to nothing is quick.
    for weight, part in ((1, text.body), (TITLE_WEIGHT, text.title)):
        for piece in cut(part, PIECE_LENGTH):
            yield weight, piece


def cut(text: str, length: int) -> Iterator[str]:
    """Yield a text in pieces of at most ``length`` characters, cut between words unless a word is longer than that."""
    start = 0
    while len(text) - start > length:
        space = max(text.rfind(character, start, start + length) for character in " \n")
        stop = space if space > start else start + length
        yield text[start:stop]
        start = stop
    if rest := text[start:].strip():
        yield rest
