"""Reads what a page says, in the form in which it is stored: text for the keyword side, chunks for the vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import router
from django.db.models import Model
from wagtail.models import Page
from wagtail.search.index import RelatedFields

from ..content import Chunk, Document, chunk_document, clean_line, content_hash, extract_document, hash_text
from ..database.errors import is_outage
from ..database.tables import PageKey
from ..generations.writable import WritableGeneration
from .failures import describe_failure
from .survey import SurveyedPage, page_class


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """One page, cut and hashed, not written yet."""

    page_id: PageKey
    document: Document
    chunks: list[Chunk]
    #: Of the page's locale, or of the index.
    language_code: str
    #: Equal hashes mean that equal rows are stored.
    content_hash: str
    #: The last part of its address. Not all of it: a page is not saved when one above it gets another address.
    slug: str = ""

    def texts(self) -> list[str]:
        """Return what the model sees of each chunk."""
        return [chunk.embedded_text(self.document.title) for chunk in self.chunks]


def load_specific_pages(surveyed: Sequence[SurveyedPage], using: str, errors: dict[Any, str]) -> dict[Any, Page]:
    """Return specific pages by key, with what their searchable relations need, in a few statements a page type.

    If loading them together fails, they are loaded one by one.

    Args:
        surveyed: the pages.
        using: the database.
        errors: gets the redacted error of each page that cannot be loaded.
    """
    by_type: dict[int, list[Any]] = {}
    for page in surveyed:
        by_type.setdefault(page.content_type_id, []).append(page.page_id)
    pages = {}
    try:
        for content_type_id, page_ids in by_type.items():
            model = page_class(content_type_id)
            queryset = model._base_manager.using(using).filter(pk__in=page_ids)
            for field in model.get_search_fields():
                if isinstance(field, RelatedFields):
                    queryset = field.select_on_queryset(queryset)
            pages.update({page.pk: page for page in queryset})
    except Exception as exc:
        if is_outage(exc, using):
            raise
        if len(surveyed) == 1:
            errors[surveyed[0].page_id] = describe_failure(exc)
            return {}
        return {key: page for each in surveyed for key, page in load_specific_pages([each], using, errors).items()}
    return pages


def prepare_page(page: Page, language_code: str, writable: WritableGeneration) -> PreparedPage:
    """Extract, cut and hash one page. A page without any text has no chunks."""
    settings = writable.settings
    language_code = settings.language or language_code
    with reading_from(writable.using):
        document = extract_document(page, language_code, has_locale=not settings.language)
    chunks = chunk_document(document, words=settings.chunk_words, overlap=settings.chunk_overlap)
    # BM25 weights depend on the average length of a page, so they are rewritten when that has drifted.
    slug = clean_line(page.slug or "")
    stored = f"{content_hash(document, chunks, language_code)}:{slug}:{writable.generation.average_length!r}"
    return PreparedPage(page.pk, document, chunks, language_code, hash_text(stored), slug)


_primary: ContextVar[str | None] = ContextVar("primary", default=None)


class _PrimaryRouter:
    """Sends reads to the primary, before every other router, while this thread reads a page to index it."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        primary = _primary.get()
        if primary is None or router.db_for_write(model, **hints) != primary:
            return None  # not reading to index, or a model of another database
        return primary


_router = _PrimaryRouter()


@contextmanager
def reading_from(using: str) -> Iterator[None]:
    """Keep a project's routers from sending reads to a replica, which lags behind the edits to index.

    A page is loaded from the primary anyway, but what it refers to is read through the routers while its text is
    extracted.
    """
    if _router not in router.routers:
        router.routers.insert(0, _router)
    token = _primary.set(using)
    try:
        yield
    finally:
        _primary.reset(token)
