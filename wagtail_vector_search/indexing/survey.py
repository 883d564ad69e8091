"""Reads how pages stand: what the site says of them now, and what a generation holds of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from ..conf import IndexSettings
from ..database.execute import fetch
from ..database.tables import PageKey, page_model
from ..generations.writable import WritableGeneration
from ..models.entries import SkipReason
from ..visibility import closed_paths_sql, is_private_sql
from . import limits

SURVEY = """
WITH closed_path (path) AS MATERIALIZED ({closed_paths})
SELECT page.{pk} AS page_id, page.content_type_id, locale.language_code, page.live,
    page.alias_of_id IS NOT NULL AS is_alias,
    {is_private} AS private,
    coalesce(entry.requested_version, 0) AS version, coalesce(entry.state, '') AS state,
    coalesce(entry.skip_reason, '') AS skip_reason, coalesce(entry.content_hash, '') AS content_hash,
    coalesce(entry.lease_expires_at > statement_timestamp(), FALSE) AS leased, entry_terms.id IS NOT NULL AS has_terms,
    coalesce(entry.chunk_count, 0) = (
        SELECT count(*) FROM {embedding} AS chunk
        WHERE chunk.page_id = page.{pk} AND chunk.generation_id = %(generation)s
    ) AS has_all_chunks
FROM {page} AS page
JOIN {locale} AS locale ON locale.id = page.locale_id
LEFT JOIN {entry} AS entry ON entry.page_id = page.{pk} AND entry.generation_id = %(generation)s
LEFT JOIN {entry_terms} AS entry_terms ON entry_terms.page_id = page.{pk} AND entry_terms.generation_id = %(generation)s
WHERE page.{pk} = ANY(%(pages)s::{page_key}[]) AND page.depth > 1
ORDER BY page.{pk}
"""


@dataclass(frozen=True, slots=True)
class SurveyedPage:
    """One page as it stands, in one generation."""

    page_id: PageKey
    content_type_id: int
    #: Of its locale, or of the index.
    language_code: str
    live: bool
    is_alias: bool
    #: Whether it, a page above it, or the source of an alias above it has a view restriction.
    private: bool
    #: The version requested last; 0 when the page has no entry.
    version: int
    state: str
    skip_reason: str
    content_hash: str
    #: Whether a worker holds its lease.
    leased: bool
    has_terms: bool
    has_all_chunks: bool

    def is_stored_as(self, content_hash: str) -> bool:
        """Return whether exactly this content is stored, with all its rows."""
        return self.content_hash == content_hash and self.has_terms and self.has_all_chunks

    def is_skipped_for(self, reason: SkipReason) -> bool:
        """Return whether nothing is stored and the reason is known."""
        return (self.state, self.skip_reason) == ("skipped", reason) and not self.has_rows

    @property
    def has_rows(self) -> bool:
        """Whether a search could find the page."""
        return self.has_terms or not self.has_all_chunks or bool(self.content_hash)


def survey(writable: WritableGeneration, page_ids: Sequence[PageKey]) -> list[SurveyedPage]:
    """Return how pages stand, in the order of their keys. One statement; pages that are gone are left out."""
    parameters = {"generation": writable.generation_id, "pages": list(page_ids)}
    names = {
        "embedding": writable.embedding_table,
        "closed_paths": closed_paths_sql(writable.using),
        "is_private": is_private_sql("page.path"),
    }
    surveyed = [SurveyedPage(**row._asdict()) for row in fetch(writable.using, SURVEY, parameters, **names)]
    if language := writable.settings.language:
        return [replace(page, language_code=language) for page in surveyed]
    return surveyed


def skip_reason(page: SurveyedPage, settings: IndexSettings) -> SkipReason | None:
    """Return why a page must not be in the index, or ``None`` if it belongs there.

    Its class may have a rule of its own besides: a query, which ``own_rules`` asks for many pages at once.
    """
    if not page.live:
        return SkipReason.NOT_LIVE
    if page.is_alias:
        return SkipReason.ALIAS
    if page.private and not settings.private_pages:
        return SkipReason.PRIVATE
    model = page_class(page.content_type_id)
    if model is None:
        return SkipReason.UNKNOWN_TYPE
    if not is_type_indexed(model, settings.page_types, settings.exclude_page_types):
        return SkipReason.PAGE_TYPE
    return None


def iterate_page_ids(using: str) -> Iterator[list[Any]]:
    """Yield the keys of every page below the root, in ascending batches, without holding them all."""
    pages = page_model()._base_manager.using(using).filter(depth__gt=1).order_by("pk").values_list("pk", flat=True)
    batch = list(pages[: limits.BATCH_PAGES])
    while batch:
        yield batch
        batch = list(pages.filter(pk__gt=batch[-1])[: limits.BATCH_PAGES])


def page_class(content_type_id: int) -> Any:
    """Return the class of a page type; ``None`` if the project has removed it: no visitor can open such a page."""
    return ContentType.objects.get_for_id(content_type_id).model_class()


@lru_cache(maxsize=1024)
def is_type_indexed(model: type, included: tuple[str, ...], excluded: tuple[str, ...]) -> bool:
    """Return whether the settings want pages of a type in the index."""
    if issubclass(model, tuple(map(apps.get_model, excluded))):
        return False
    return not included or issubclass(model, tuple(map(apps.get_model, included)))
