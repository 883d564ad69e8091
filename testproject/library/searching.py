"""The searches of the search page, and what it shows of their results."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page

from wagtail_vector_search.backends.keyword_query import clean_query
from wagtail_vector_search.content import extract_document

from .models import SectionPage


@dataclass(frozen=True, slots=True)
class Leg:
    """One of the two searches behind a result, and what visitors read."""

    name: str
    label: str | Promise


LEGS = (Leg("semantic", _("meaning")), Leg("keyword", _("words")))


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to search: its name in the address, what visitors read, and the search backend behind it."""

    name: str
    label: str | Promise
    explanation: str | Promise
    backend: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A misspelt question: what was searched for instead, and the words of it that no page has."""

    query: str
    unknown: tuple[str, ...]


#: Wagtail's own search: what a site has without this package.
KEYWORD = Mode("keyword", _("By words"), _("Wagtail's own search: every word must be there."), "default")
SEMANTIC = Mode("semantic", _("By meaning"), _("Passages close to the question in meaning."), "semantic")
HYBRID = Mode("hybrid", _("Best match"), _("Words and meaning combined."), "hybrid")
MODES = (HYBRID, SEMANTIC, KEYWORD)
SIDE_BY_SIDE = "compare"

_WORD = re.compile(r"[^\W\d_]+")

#: Characters of a question that are read.
MAX_QUERY_LENGTH = 300

#: Questions for visitors who do not know what to ask, by language.
EXAMPLES = {
    "en": (
        "copy a nested dictionary without sharing",
        "break a long line of text into shorter ones",
        "pick a random name from a list",
        "show where an exception came from",
        "make a small web server",
    ),
    "fr": (
        "sortir d'une boucle avant la fin",
        "garder des valeurs dans l'ordre",
        "que faire quand une erreur arrive",
    ),
}


def example_questions() -> tuple[str, ...]:
    """Return questions to try, in the visitor's language."""
    return EXAMPLES.get((get_language() or "en").partition("-")[0], EXAMPLES["en"])


def search_pages(query: str, mode: Mode, section: SectionPage | None = None, *, as_typed: bool = False) -> Any:
    """Search the live, public pages in the visitor's language.

    Args:
        query: what the visitor typed.
        mode: how to search.
        section: only pages below this one.
        as_typed: whether the visitor insists on what was typed, so that no typing error is corrected.

    Returns:
        Wagtail's lazy search results: they can be counted, sliced and paged.
    """
    pages = Page.objects.live().public().filter(locale=Locale.get_active(), depth__gt=2)
    if section is not None:
        pages = pages.descendant_of(section)
    # Wagtail's own search fails with an error on more than some 150 words.
    words = clean_query(query, MAX_QUERY_LENGTH) if mode is KEYWORD else query
    found = pages.specific().search(words, backend=mode.backend)
    return found.as_typed() if as_typed and mode is not KEYWORD else found  # Wagtail's own corrects nothing


def find_correction(query: str, found: Any) -> Correction | None:
    """Return what a search has made of a misspelt question; ``None`` when it was searched for as it is.

    Args:
        query: what the visitor typed.
        found: results of any backend.
    """
    corrected = getattr(found, "corrected_query", "")
    if not corrected:
        return None
    pairs = zip(_WORD.findall(query), _WORD.findall(corrected), strict=False)
    return Correction(corrected, tuple(dict.fromkeys(typed for typed, read in pairs if typed != read)))


def sections() -> list[SectionPage]:
    """Return the sections in the visitor's language, in the order of the tree."""
    return list(SectionPage.objects.live().public().filter(locale=Locale.get_active()).order_by("path"))


def label_results(pages: Iterable[Page], known_sections: list[SectionPage], mode: Mode) -> list[Page]:
    """Give each found page what a result shows: ``section``, ``passage_text``, ``found_by`` and ``link_fragment``.

    Args:
        pages: found by any backend; those of this package carry their passage and the legs that found them.
        known_sections: from ``sections``, so that no result needs a query of its own.
        mode: how they were found. Only of several ways to find a page is it worth knowing which one did.
    """
    labelled = list(pages)
    for page in labelled:
        passage = getattr(page, "search_passage", None)
        page.section = next((s for s in reversed(known_sections) if page.path.startswith(s.path)), None)
        page.passage_heading = passage.heading if passage else ""
        page.passage_text = passage.text if passage else whole_text(page)
        page.link_fragment = f"#{passage.anchor}" if passage and passage.anchor else ""
        legs = [leg for leg in LEGS if leg.name in getattr(page, "search_matched_by", ())]
        page.found_by = legs[0] if mode is HYBRID and len(legs) == 1 else None
    return labelled


def whole_text(page: Page) -> str:
    """Return what a page in the active language says, without headings."""
    document = extract_document(page, get_language() or "")
    return " ".join(section.text for section in document.sections if not section.words_only)
