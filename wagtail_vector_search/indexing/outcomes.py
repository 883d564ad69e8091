"""What becomes of claimed pages: indexed, left out, failed, or left for later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ..database.execute import fetch
from ..generations.writable import Target
from ..models.entries import SkipReason
from .claims import Claims, hold
from .removal import delete_rows

#: Seconds before a page is tried again; doubled with each attempt, up to the longest.
FIRST_RETRY_SECONDS = 30
LONGEST_RETRY_SECONDS = 6 * 60 * 60

#: The same for pages that wait for a provider, which are not at fault and should not wait long after it has recovered.
LONGEST_POSTPONEMENT_SECONDS = 15 * 60

FINISH = """
UPDATE {entry} AS entry
SET state = 'indexed', skip_reason = '', done_version = entry.requested_version, content_hash = done.content_hash,
    chunk_count = done.chunk_count, attempts = 0, last_error = '', lease_expires_at = NULL,
    indexed_at = statement_timestamp()
FROM unnest(%(pages)s::{page_key}[], %(hashes)s::text[], %(counts)s::int[]) AS done (page_id, content_hash, chunk_count)
WHERE entry.generation_id = %(generation)s AND entry.page_id = done.page_id
"""

SKIP = """
UPDATE {entry} AS entry
SET state = 'skipped', skip_reason = skipped.reason, done_version = entry.requested_version, content_hash = '',
    chunk_count = 0, attempts = 0, last_error = '', lease_expires_at = NULL
FROM unnest(%(pages)s::{page_key}[], %(reasons)s::text[]) AS skipped (page_id, reason)
WHERE entry.generation_id = %(generation)s AND entry.page_id = skipped.page_id
"""

# The page's own fault makes it 'failed', a provider's leaves it 'pending'. Attempts count faults of one kind.
RETRY_LATER = """
UPDATE {entry} AS entry
SET state = %(new_state)s::text, last_error = failed.error, lease_expires_at = NULL,
    attempts = CASE entry.state WHEN %(new_state)s::text THEN entry.attempts + 1 ELSE 1 END,
    next_attempt_at = statement_timestamp() + interval '1 second' * greatest(
        %(wait)s::float8 * (1 + random() / 4),
        least(%(longest)s::float8, %(base)s::float8 * power(2, least(entry.attempts, 20))) * (0.5 + random() / 2)
    )
FROM unnest(%(pages)s::{page_key}[], %(errors)s::text[]) AS failed (page_id, error)
WHERE entry.generation_id = %(generation)s AND entry.page_id = failed.page_id
"""

FREE = """
UPDATE {entry} SET lease_expires_at = NULL
WHERE generation_id = %(generation)s AND page_id = ANY(%(pages)s::{page_key}[])
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a page's state says once its rows are written."""

    page_id: Any
    content_hash: str
    chunk_count: int


def finish(target: Target, pages: Sequence[Stored]) -> None:
    """Mark pages as indexed. Within the transaction that holds them. One statement."""
    if pages:
        parameters = {
            "generation": target.generation_id,
            "pages": [page.page_id for page in pages],
            "hashes": [page.content_hash for page in pages],
            "counts": [page.chunk_count for page in pages],
        }
        fetch(target.using, FINISH, parameters)


def finish_unchanged(target: Target, claims: Claims, pages: Sequence[Stored]) -> set[Any]:
    """Mark pages as indexed whose rows are right already; return those that were still ours."""
    if not pages:
        return set()
    with transaction.atomic(using=target.using):
        held = hold(target, {page.page_id: claims[page.page_id] for page in pages})
        finish(target, [page for page in pages if page.page_id in held])
    return held


def skip(target: Target, claims: Claims, reasons: Mapping[Any, SkipReason]) -> set[Any]:
    """Delete what is stored of pages and note why they are left out; return those that were still ours."""
    if not reasons:
        return set()
    with transaction.atomic(using=target.using):
        held = hold(target, {page_id: claims[page_id] for page_id in reasons})
        delete_rows([(target.generation_id, page_id) for page_id in held], target.embedding_table, target.using)
        parameters = {
            "generation": target.generation_id,
            "pages": list(held),
            "reasons": [reasons[page_id].value for page_id in held],
        }
        fetch(target.using, SKIP, parameters)
    return held


def fail(target: Target, claims: Claims, errors: Mapping[Any, str]) -> set[Any]:
    """Charge pages with errors of their own; return those that were still ours.

    They are tried again later, and given up after ``MAX_ATTEMPTS``.
    """
    return _retry_later(target, claims, errors, state="failed", wait=0, longest=LONGEST_RETRY_SECONDS)


def postpone(target: Target, claims: Claims, error: str, *, wait: float = 0) -> set[Any]:
    """Leave pages for later through no fault of theirs; return those that were still ours.

    Args:
        target: the generation.
        claims: the pages.
        error: what is wrong, redacted.
        wait: seconds the provider has asked for.
    """
    errors = dict.fromkeys(claims, error)
    return _retry_later(target, claims, errors, state="pending", wait=wait, longest=LONGEST_POSTPONEMENT_SECONDS)


def free(target: Target, claims: Claims) -> None:
    """Let anybody take pages that stay to be done. One statement in its transaction."""
    if not claims:
        return
    with transaction.atomic(using=target.using):
        parameters = {"generation": target.generation_id, "pages": list(hold(target, claims))}
        fetch(target.using, FREE, parameters)


def _retry_later(
    target: Target, claims: Claims, errors: Mapping[Any, str], *, state: str, wait: float, longest: float
) -> set[Any]:
    if not errors:
        return set()
    with transaction.atomic(using=target.using):
        held = hold(target, {page_id: claims[page_id] for page_id in errors})
        parameters = {
            "generation": target.generation_id,
            "pages": list(held),
            "errors": [errors[page_id] for page_id in held],
            "new_state": state,
            "wait": wait,
            "base": FIRST_RETRY_SECONDS,
            "longest": longest,
        }
        fetch(target.using, RETRY_LATER, parameters)
    return held
