"""Makes a site in one language and asks both searches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..documents import Document
from ..scratch import scratch_database
from ..site.systems import SYSTEMS
from .scores import Asked, LanguageScores

#: The searches that are compared, from ``SYSTEMS``.
SEARCHES = ("keyword", "hybrid")


def evaluate(
    documents: Sequence[Document], language: str, words: Sequence[str], off_topic: Sequence[str], template: str
) -> LanguageScores:
    """Return what both searches find on a site.

    Args:
        documents: its pages.
        language: of the site and its visitors, as Django names it.
        words: one of each page, in the same order; empty where there is none.
        off_topic: queries that no page answers.
        template: the migrated database to copy.
    """
    from ..site.filling import create_pages, fill_vector_index

    with scratch_database(template), _site_in(language):
        keys = create_pages(documents)
        fill_vector_index()
        scores = LanguageScores(len(keys))
        scores.background_similarity, scores.title_similarity = _calibration()
        for key, document, word in zip(keys, documents, words, strict=True):
            scores.titles.append(_ask(document.title, key, scores))
            if word:
                scores.words.append(_ask(word, key, scores))
        scores.off_topic = {name: [len(_search(name, query, scores)) for query in off_topic] for name in SEARCHES}
        return scores


@contextmanager
def _site_in(language: str) -> Iterator[None]:
    """Make it a site in one language: its settings, its locale, its visitors. The home page has no part in it."""
    from django.test import override_settings
    from django.utils import translation
    from wagtail.models import Locale, Page

    languages = [(language, language)]
    with (
        override_settings(LANGUAGE_CODE=language, LANGUAGES=languages, WAGTAIL_CONTENT_LANGUAGES=languages),
        translation.override(language),
    ):
        Locale.all_objects.update(language_code=language)
        Page.objects.filter(depth=2).update(live=False)
        yield


def _ask(query: str, key: int, scores: LanguageScores) -> Asked:
    found = {name: _search(name, query, scores) for name in SEARCHES}
    places = {name: pages.index(key) + 1 if key in pages else 0 for name, pages in found.items()}
    return Asked(query, places, {name: len(pages) for name, pages in found.items()})


def _search(name: str, query: str, scores: LanguageScores) -> list[int]:
    """Return the keys of all results, of which there are no more than pages."""
    from wagtail.models import Page

    results: Any = SYSTEMS[name].search(Page.objects.live(), query)
    keys = [page.pk for page in results[: scores.pages + 1]]
    scores.degraded += bool(getattr(results, "degraded", False))
    return keys


def _calibration() -> tuple[float | None, float | None]:
    from wagtail_vector_search.models import Generation

    generation = Generation.objects.get()
    return generation.background_similarity, generation.title_similarity
