"""The terms of pages, as the keyword side stores them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..analysis import address_term, get_analyzer
from ..conf import IndexSettings
from ..content import Document
from ..ranking import constants
from .preparation import PreparedPage


@dataclass(frozen=True, slots=True)
class PageTerms:
    """The terms of one page."""

    #: How often each occurs, those of the title and of other important text counted twice, and joined words and parts
    #: of words less.
    frequencies: Mapping[str, float]
    #: Number of words that are no stop words, counted likewise.
    length: int
    #: The term that only a page of this title has; empty for a page without one.
    title: str = ""
    #: The term that only a page of this slug has.
    address: str = ""

    @property
    def exact(self) -> list[str]:
        """The terms of title and address, that of the title last."""
        return [term for term in (self.address, self.title) if term]

    @property
    def terms(self) -> list[str]:
        """All terms, each once, the exact ones last."""
        return [*self.frequencies, *self.exact]


def count_terms(pages: Sequence[PreparedPage], settings: IndexSettings) -> list[PageTerms]:
    """Return the terms of pages."""
    by_language: dict[str, list[str]] = {}
    texts = [(_important(page.document), _body(page.document)) for page in pages]
    for page, (important, body) in zip(pages, texts, strict=True):
        by_language.setdefault(page.language_code, []).extend(filter(None, (important, body, page.slug)))
    analyzers = {code: get_analyzer(code, settings.analyzers) for code in by_language}
    for code, batch in by_language.items():
        analyzers[code].prepare(batch)
    counted = []
    for page, (important, body) in zip(pages, texts, strict=True):
        analyzer = analyzers[page.language_code]
        counts, for_title = analyzer.count(body), analyzer.count(important)
        frequencies: dict[str, float] = {**counts.frequencies}
        for weight, terms in (
            (constants.TITLE_WEIGHT, for_title.frequencies),
            (constants.SECONDARY_WEIGHT, counts.secondary),
            (constants.TITLE_WEIGHT * constants.SECONDARY_WEIGHT, for_title.secondary),
        ):
            for term, times in terms.items():
                frequencies[term] = frequencies.get(term, 0) + weight * times
        for term in analyzer.count(page.slug).frequencies:
            frequencies.setdefault(term, constants.SLUG_WEIGHT)
        title, address = analyzer.title_term(page.document.title), address_term(analyzer.tokens(page.slug))
        length = counts.length + constants.TITLE_WEIGHT * for_title.length
        counted.append(PageTerms(frequencies, length, title, address))
    return counted


def count_pages_with(pages: Sequence[PageTerms]) -> Counter[str]:
    """Return on how many of the pages each term occurs."""
    return Counter(term for page in pages for term in page.terms)


def _important(document: Document) -> str:
    return "\n".join(part for part in (document.title, document.important) if part)


def _body(document: Document) -> str:
    return "\n".join(part for section in document.sections for part in (section.heading, section.text) if part)
