"""Compares what a generation holds with what the site says, by one statement, and requests what differs.

Whatever keeps an edit from reaching the index (a process that is killed, a fixture, a statement of the project's own,
a bug), the site and the index differ afterwards, and that can be seen. A worker, the thread behind a request and
``process_vector_queue`` compare now and then and request what differs; ``vector_search_status``, ``check --database``
and the admin only count it. What pages say is not compared: only ``update_vector_index`` reads them all.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Sum

from ..conf import IndexSettings
from ..database.execute import fetch
from ..database.tables import page_model
from ..generations.writable import WritableGeneration, get_writable_generations
from ..models import Generation
from ..visibility import closed_paths_sql, is_private_sql
from . import entry_states
from .survey import is_type_indexed


class Difference(StrEnum):
    """How a page and a generation differ."""

    #: The page belongs in the index, and is not listed there, or is left out for a reason that no longer holds.
    UNLISTED = "unlisted"
    #: Rows of the page are stored, or a worker is about to store them, and it must not be in the index.
    UNWANTED = "unwanted"
    #: The page counts as indexed, and some of its rows are missing.
    INCOMPLETE = "incomplete"
    #: A worker or a wait keeps the page for longer than any worker or wait may: a clock has jumped.
    STUCK = "stuck"


COMPARE = """
WITH closed_path (path) AS MATERIALIZED ({closed_paths}),
stored AS MATERIALIZED (
    SELECT page_id, count(*) AS chunks FROM {embedding} WHERE generation_id = %(generation)s GROUP BY page_id
),
compared AS (
    SELECT page.{pk} AS page_id, known.id AS entry_id, coalesce(known.requested_version, 0) AS version,
        page.live AND page.alias_of_id IS NULL AND page.content_type_id = ANY(%(content_types)s)
            AND (%(private_pages)s OR NOT {is_private}) AS belongs,
        coalesce(known.state, '') AS state, known.skip_reason,
        coalesce(known.chunk_count, 0) AS listed_chunks, coalesce(stored.chunks, 0) AS stored_chunks,
        entry_terms.id IS NOT NULL AS has_terms,
        known.next_attempt_at > statement_timestamp() AS waits,
        coalesce(known.lease_expires_at > statement_timestamp(), FALSE) AS is_leased,
        known.next_attempt_at > statement_timestamp() + %(longest_wait)s * interval '1 second'
            OR coalesce(known.lease_expires_at > statement_timestamp() + %(lease)s * interval '1 second', FALSE)
            AS is_stuck
    FROM {page} AS page
    LEFT JOIN {entry} AS known ON known.page_id = page.{pk} AND known.generation_id = %(generation)s
    LEFT JOIN {entry_terms} AS entry_terms
        ON entry_terms.page_id = page.{pk} AND entry_terms.generation_id = %(generation)s
    LEFT JOIN stored ON stored.page_id = page.{pk}
    WHERE page.depth > 1
),
judged AS (
    SELECT page_id, entry_id, version, CASE
        WHEN NOT belongs AND state IN ('', 'skipped') THEN
            CASE WHEN has_terms OR stored_chunks > 0 THEN 'unwanted' END
        WHEN NOT belongs AND (state IN ('indexed', 'failed') OR waits OR is_leased) THEN 'unwanted'
        WHEN NOT belongs THEN NULL  -- a worker is about to skip it
        WHEN state = '' OR skip_reason = ANY(%(site_reasons)s) THEN
            CASE WHEN %(follows)s THEN 'unlisted' WHEN has_terms OR stored_chunks > 0 THEN 'incomplete' END
        WHEN state = 'skipped' THEN CASE WHEN has_terms OR stored_chunks > 0 THEN 'unwanted' END
        WHEN state = 'indexed' THEN
            CASE WHEN NOT has_terms OR listed_chunks <> stored_chunks THEN 'incomplete' END
        WHEN is_stuck THEN 'stuck'
    END AS difference
    FROM compared
)
"""

COUNT = COMPARE + "SELECT difference, count(*) AS pages FROM judged WHERE difference IS NOT NULL GROUP BY difference"

FIND = COMPARE + (
    "SELECT page_id, entry_id IS NOT NULL AS is_listed, version, difference FROM judged "
    "WHERE difference IS NOT NULL ORDER BY page_id"
)

#: Why a page is skipped that another edit of the site can undo; the other reasons lie in the page itself.
SITE_REASONS = ("not_live", "private", "alias", "page_type", "unknown_type")


def count_differences(writable: WritableGeneration) -> Counter[Difference]:
    """Return how many pages of a generation differ from the site, by the way they do. One statement."""
    rows = fetch(writable.using, COUNT, _parameters(writable), **_names(writable))
    return Counter({Difference(row.difference): row.pages for row in rows})


def count_listed_pages(using: str) -> int:
    """Return how many pages a comparison looks at, as counted by the last update. One statement."""
    following = Generation.objects.using(using).filter(state__in=(Generation.State.BUILDING, Generation.State.ACTIVE))
    return int(following.aggregate(pages=Sum("page_count", default=0))["pages"])


class Requested(NamedTuple):
    """Pages that a comparison has requested, as keys in order."""

    #: Pages that must not be in the index.
    unwanted: dict[Any, None]
    #: The others.
    wanted: dict[Any, None]


def request_differences(using: str) -> Requested:
    """Request every page that differs, in every generation. Of a site that does not differ, two statements.

    Pages that another transaction has locked are left to the next comparison.
    """
    requested = Requested({}, {})
    for writable in get_writable_generations(using):
        # One that is being built is filled by the update that builds it, which a developer has decided to pay for.
        follows = writable.generation.state == Generation.State.ACTIVE
        found = request_differences_of(writable, follows=follows)
        requested.unwanted.update(found.unwanted)
        requested.wanted.update(found.wanted)
    return requested


def request_differences_of(writable: WritableGeneration, *, follows: bool = True) -> Requested:
    """Request the pages that differ in one generation.

    Args:
        writable: the generation.
        follows: whether pages that are not listed are to be indexed.
    """
    rows = fetch(writable.using, FIND, _parameters(writable, follows=follows), **_names(writable))
    listed = {row.page_id: row.version for row in rows if row.is_listed}
    unlisted = [row.page_id for row in rows if not row.is_listed]
    done = {
        *entry_states.request_listed(writable, listed),
        *entry_states.request_unlisted(writable, unlisted),
    }
    pages = {row.page_id: row.difference == Difference.UNWANTED for row in rows if row.page_id in done}
    return Requested(
        dict.fromkeys(page_id for page_id, is_unwanted in pages.items() if is_unwanted),
        dict.fromkeys(page_id for page_id, is_unwanted in pages.items() if not is_unwanted),
    )


def _parameters(writable: WritableGeneration, *, follows: bool = True) -> dict[str, Any]:
    settings = writable.settings
    return {
        "generation": writable.generation_id,
        "content_types": _indexed_content_types(settings),
        "private_pages": settings.private_pages,
        "site_reasons": list(SITE_REASONS),
        "follows": follows,
        "longest_wait": entry_states.PROVIDER_FAULTS.longest,
        "lease": entry_states.LEASE_SECONDS,
    }


def _names(writable: WritableGeneration) -> dict[str, str]:
    return {
        "embedding": writable.embedding_table,
        "closed_paths": closed_paths_sql(writable.using),
        "is_private": is_private_sql("page.path"),
    }


def _indexed_content_types(settings: IndexSettings) -> list[int]:
    """Return the content types of the page types to index, from Django's memory after the first time."""
    models = _page_types(settings.page_types, settings.exclude_page_types)
    found = ContentType.objects.get_for_models(*models)
    return sorted(content_type.pk for content_type in found.values())


@lru_cache(maxsize=64)
def _page_types(included: tuple[str, ...], excluded: tuple[str, ...]) -> tuple[Any, ...]:
    pages = page_model()
    models = apps.get_models()
    return tuple(m for m in models if issubclass(m, pages) and is_type_indexed(m, included, excluded))
