"""What search has of a page: its passages, its terms with their weights, and the words that set it apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

from django.db.models import Sum

from ...analysis import Analyzer, get_analyzer, is_title_term
from ...database.sparse_vectors import term_position
from ...generations.writable import WritableGeneration
from ...models import EntryTerms, TermFrequency
from ...ranking.formulas import idf
from ..explaining import whole_words


@dataclass(frozen=True, slots=True)
class Piece:
    """One passage."""

    #: The heading that it is under; may be empty.
    heading: str
    #: Plain text.
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """A page as search sees it, be it published or a draft."""

    #: As it is indexed.
    title: str
    #: The passages, in order.
    pieces: tuple[Piece, ...]
    #: BM25 weight by term, without its inverse document frequency.
    weights: Mapping[str, float]
    #: What made the terms.
    analyzer: Analyzer

    @property
    def text(self) -> str:
        """All of it, in one."""
        return "\n".join([self.title, *(part for piece in self.pieces for part in (piece.heading, piece.text))])


def read_content(page: Any, target: WritableGeneration) -> Content:
    """Read what the index has of a page. Two statements."""
    chunks = target.vector_table._default_manager.using(target.using).filter(generation=target.generation, page=page.pk)
    pieces = chunks.order_by("position").values_list("heading", "text")
    terms = EntryTerms.objects.using(target.using).filter(generation=target.generation, page=page.pk).first()
    weights: dict[str, float] = {}
    if terms:
        by_position = dict(zip(terms.weights.indices(), terms.weights.values(), strict=True))
        weights = {term: by_position.get(term_position(term), 0.0) for term in terms.terms}
    return Content(
        title=page.title,
        pieces=tuple(Piece(*piece) for piece in pieces),
        weights={term: weight for term, weight in weights.items() if weight},
        analyzer=get_analyzer(terms.language_code if terms else page.locale.language_code, target.configured.analyzers),
    )


#: Words that are shown.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class DistinctiveWord:
    """A word, and how much it sets the page apart."""

    #: As it is written on the page.
    text: str
    #: 0 to 100, compared with the first.
    percent: int


def count_pages(terms: Collection[str], target: WritableGeneration) -> dict[str, int]:
    """Return the document frequency of terms in the generation. One statement. Not for an editor to see."""
    statistics = TermFrequency.objects.using(target.using).filter(generation=target.generation, term__in=terms)
    return dict(statistics.values_list("term").annotate(Sum("document_frequency")))


def distinctive_words(
    content: Content, frequencies: Mapping[str, int], target: WritableGeneration
) -> list[DistinctiveWord]:
    """Return the heaviest words of a page: those that it repeats and few other pages have. Stop words are none.

    Args:
        content: Of the page.
        frequencies: From ``count_pages``.
        target: The generation that serves.
    """
    page_count, stop_terms = target.generation.page_count, content.analyzer.stop_terms
    weighed = {
        term: weight * idf(frequencies.get(term, 0), page_count)
        for term, weight in content.weights.items()
        if (len(term) > 1 or not term.isascii()) and not is_title_term(term) and term not in stop_terms
    }
    heaviest = nlargest(SHOWN, weighed, key=lambda term: (weighed[term], term))
    written = whole_words(heaviest, content.text, content.analyzer)
    most = weighed[heaviest[0]] if heaviest else 0
    # A name of code and one of its parts may be written alike.
    first = {written[term].lower(): term for term in reversed(heaviest) if most > 0}
    return [
        DistinctiveWord(written[term], round(100 * weighed[term] / most)) for term in heaviest if term in first.values()
    ]
