"""The words that tell a page from the others of the site."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from heapq import nlargest

from django.db.models import Sum

from ...generations.writable import WritableGeneration
from ...models import TermFrequency
from ...ranking.formulas import idf
from ..whole_words import whole_words
from .content import Content

#: Words that are shown.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word, and how much it tells."""

    #: As it stands on the page.
    text: str
    #: How much it tells, compared with the first: 0 to 100.
    percent: int


def count_pages(terms: Collection[str], target: WritableGeneration) -> dict[str, int]:
    """Return on how many pages of the index terms stand. One statement. Not for an editor to see."""
    statistics = TermFrequency.objects.using(target.using).filter(generation=target.generation, term__in=terms)
    return dict(statistics.values_list("term").annotate(Sum("document_frequency")))


def telling_words(content: Content, frequencies: Mapping[str, int], target: WritableGeneration) -> list[TellingWord]:
    """Return the words of a page that weigh most: those that it repeats and few others have. One statement.

    Args:
        content: Of the page.
        frequencies: On how many pages its terms stand.
        target: The index.
    """
    page_count = target.generation.page_count
    weighed = {
        term: weight * idf(frequencies.get(term, 0), page_count)
        for term, weight in content.weights.items()
        if len(term) > 1 or not term.isascii()
    }
    heaviest = nlargest(SHOWN, weighed, key=lambda term: (weighed[term], term))
    written = whole_words(heaviest, content.text, content.config, target.using)
    most = weighed[heaviest[0]] if heaviest else 0
    # The name of some code and one of its parts may be written alike.
    first = {written[term].lower(): term for term in reversed(heaviest) if most > 0}
    return [
        TellingWord(written[term], round(100 * weighed[term] / most)) for term in heaviest if term in first.values()
    ]
