"""Text to terms, by PostgreSQL's own text-search configurations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, connections

from ..content import keyword_text
from ..database.execute import fetch
from ..ranking import constants
from .preparation import PreparedPage

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
    """Return how often each term occurs on each page, terms of the title counted twice. One statement."""
    texts = [keyword_text(page.document) for page in pages]
    counted = [Counter(text.body_names) for text in texts]
    for names, text in zip(counted, texts, strict=True):
        names.update({name: constants.TITLE_WEIGHT * frequency for name, frequency in text.title_names.items()})
    # The body first: adding to an empty Counter is quick, and the body is the longer one.
    pieces = [
        (number, weight, page.config, piece)
        for number, (page, text) in enumerate(zip(pages, texts, strict=True))
        for weight, part in ((1, text.body), (constants.TITLE_WEIGHT, text.title))
        for piece in cut(part, PIECE_LENGTH)
    ]
    if pieces:
        numbers, weights, configs, parts = map(list, zip(*pieces, strict=True))
        parameters = {"pages": numbers, "weights": weights, "configs": configs, "texts": parts}
        for number, weight, terms, frequencies in fetch(using, TERMS, parameters):
            weighted = frequencies if weight == 1 else [weight * frequency for frequency in frequencies]
            counted[number].update(dict(zip(terms, weighted, strict=True)))
    return [dict(sorted(frequencies.items())) for frequencies in counted]


class TermCounter:
    """Counts the terms of one batch of pages in another thread while the next batch is read. To be closed.

    The thread has a database connection of its own. PostgreSQL reads none of our tables to count terms, so the result
    is the same on any connection, inside a transaction or not.

    Args:
        using: the database.
    """

    def __init__(self, using: str) -> None:
        self._using = using
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="count-terms")
        #: Set when the connection was refused or broke: it may have been one more than the server allows.
        self._failed = False

    def start(self, pages: Sequence[PreparedPage]) -> Callable[[], list[Frequencies]]:
        """Begin to count, and return a function that waits for the result of ``count_terms``."""
        if self._failed or not pages:
            return lambda: count_terms(pages, self._using)
        future = self._executor.submit(count_terms, pages, self._using)

        def wait() -> list[Frequencies]:
            try:
                return future.result()
            except (DatabaseError, InterfaceError):
                self._failed = True
                return count_terms(pages, self._using)

        return wait

    def close(self) -> None:
        """Finish what has begun, and close the connection."""
        self._executor.submit(lambda: connections[self._using].close())
        self._executor.shutdown()


def count_pages_with(frequencies: Sequence[Frequencies]) -> Counter[str]:
    """Return on how many of the pages each term occurs."""
    return Counter(term for page in frequencies for term in page)


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
