"""The words that tell a page from the others of the site."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from heapq import nlargest

from django.db.models import Sum

from ...indexing.target import Target
from ...models import TermStatistics
from ...retrieval.keywords import weigh
from ...retrieval.prepare import QueryLexeme
from ..whole_words import whole_words
from .content import Content

#: Words that are shown.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word, and how much it tells.

    Args:
        text: As it stands on the page.
        percent: How much it tells, compared with the first: 0 to 100.
    """

    text: str
    percent: int


def count_pages(lexemes: Collection[str], target: Target) -> dict[str, int]:
    """Return on how many pages of the index lexemes stand. One statement. Not for an editor to see."""
    statistics = TermStatistics.objects.using(target.using).filter(index=target.generation, lexeme__in=lexemes)
    return dict(statistics.values_list("lexeme").annotate(Sum("document_frequency")))


def telling_words(content: Content, frequencies: Mapping[str, int], target: Target) -> list[TellingWord]:
    """Return the words of a page that weigh most: those that it repeats and few others have. One statement.

    Args:
        content: Of the page.
        frequencies: On how many pages its lexemes stand.
        target: The index.
    """
    page_count = target.generation.page_count
    weighed = {
        lexeme: weight * weigh(QueryLexeme(lexeme, 1, frequencies.get(lexeme, 0)), page_count)
        for lexeme, weight in content.weights.items()
        if len(lexeme) > 1 or not lexeme.isascii()
    }
    heaviest = nlargest(SHOWN, weighed, key=lambda lexeme: (weighed[lexeme], lexeme))
    written = whole_words(heaviest, content.text, content.config, target.using)
    most = weighed[heaviest[0]] if heaviest else 0
    # The name of some code and one of its parts may be written alike.
    first = {written[lexeme].lower(): lexeme for lexeme in reversed(heaviest) if most > 0}
    return [
        TellingWord(written[lexeme], round(100 * weighed[lexeme] / most))
        for lexeme in heaviest
        if lexeme in first.values()
    ]
