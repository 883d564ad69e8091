"""The terms of pages, as the keyword side stores them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..analysis import get_analyzer, title_term
from ..conf import IndexSettings
from ..content import Document
from ..ranking import constants
from .preparation import PreparedPage


@dataclass(frozen=True, slots=True)
class PageTerms:
    """The terms of one page."""

    #: How often each occurs, those of the title and of other important text counted twice.
    frequencies: Counter[str]
    #: Number of words, counted likewise.
    length: int
    #: The term that only a page of this title has; empty for a page without one.
    title: str = ""

    @property
    def terms(self) -> list[str]:
        """All terms, each once, that of the title last."""
        return [*self.frequencies, *([self.title] if self.title else [])]


def count_terms(pages: Sequence[PreparedPage], settings: IndexSettings) -> list[PageTerms]:
    """Return the terms of pages."""
    by_language: dict[str, list[str]] = {}
    texts = [(_important(page.document), _body(page.document)) for page in pages]
    for page, (important, body) in zip(pages, texts, strict=True):
        by_language.setdefault(page.language_code, []).extend((important, body))
    analyzers = {code: get_analyzer(code, settings.analyzers) for code in by_language}
    for code, batch in by_language.items():
        analyzers[code].prepare(batch)
    counted = []
    for page, (important, body) in zip(pages, texts, strict=True):
        analyzer = analyzers[page.language_code]
        frequencies, length = analyzer.count(body)
        for_title = analyzer.count(important)
        for _ in range(constants.TITLE_WEIGHT):
            frequencies.update(for_title.frequencies)
        title = title_term(analyzer.tokens(page.document.title))
        counted.append(PageTerms(frequencies, length + constants.TITLE_WEIGHT * for_title.length, title))
    return counted


def count_pages_with(pages: Sequence[PageTerms]) -> Counter[str]:
    """Return on how many of the pages each term occurs."""
    return Counter(term for page in pages for term in page.terms)


def _important(document: Document) -> str:
    return "\n".join(part for part in (document.title, document.important) if part)


def _body(document: Document) -> str:
    return "\n".join(part for section in document.sections for part in (section.heading, section.text) if part)
