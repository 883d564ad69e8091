"""What an editor's transaction writes: requests to index pages, and the removal of pages from the index.

Locks are taken on a page first and on its state second, those of many pages in the order of their keys, so that
editors do not wait for each other in a circle. Workers never wait for a lock that an editor may hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from ..models.states import SkipReason
from .database import run
from .removal import delete_rows, embedding_table_of

# A page that is edited while it waits, fails, or is being worked on starts anew; whoever works on it loses.
REQUEST_PAGES = """
INSERT INTO {state} AS state (index_id, page_id)
SELECT generation.id, page.{pk}
FROM {generation} AS generation CROSS JOIN {page} AS page
WHERE generation.state IN ('building', 'active') AND generation.alias = ANY(%(aliases)s)
    AND page.{pk} = ANY(%(pages)s::{page_key}[]) AND page.depth > 1
ORDER BY page.{pk}, generation.id
ON CONFLICT (index_id, page_id) DO UPDATE
SET requested_version = state.requested_version + 1, state = 'pending', skip_reason = '', attempts = 0,
    last_error = '', requested_at = statement_timestamp(), next_attempt_at = statement_timestamp(),
    lease_expires_at = NULL
RETURNING page_id
"""

# Only what was left out as private: the others are in the index, and being moved does not change them.
REQUEST_PRIVATE_SUBTREE = """
UPDATE {state} AS state
SET requested_version = state.requested_version + 1, state = 'pending', skip_reason = '', attempts = 0,
    last_error = '', requested_at = statement_timestamp(), next_attempt_at = statement_timestamp(),
    lease_expires_at = NULL
FROM (
    SELECT closed.id
    FROM {page} AS root
    JOIN {page} AS page ON page.path LIKE root.path || '%%'
    JOIN {state} AS closed ON closed.page_id = page.{pk} AND closed.skip_reason = 'private'
    JOIN {generation} AS generation ON generation.id = closed.index_id AND generation.state IN ('building', 'active')
    WHERE root.{pk} = %(root)s AND generation.alias = ANY(%(aliases)s)
    ORDER BY closed.page_id, closed.index_id
    FOR UPDATE OF closed
) AS found
WHERE state.id = found.id
RETURNING page_id
"""

LOCK_PAGES = """
SELECT FROM {page} AS root
JOIN {page} AS page ON page.{pk} = root.{pk} OR (%(subtree)s AND page.path LIKE root.path || '%%')
WHERE root.{pk} = ANY(%(pages)s::{page_key}[])
ORDER BY page.{pk}
FOR UPDATE OF page
"""

# A statement sees what was committed when it began. Were this one to delete the rows as well, it would miss those
# that a worker commits while it waits for the worker's lock; so it locks, and the rows go with a second statement,
# which is seldom needed: most pages that are not live have none.
SKIP_PAGES = """
UPDATE {state} AS state
SET requested_version = state.requested_version + 1, done_version = state.requested_version + 1, state = 'skipped',
    skip_reason = %(reason)s, content_hash = '', chunk_count = 0, attempts = 0, last_error = '',
    lease_expires_at = NULL
FROM (
    SELECT listed.id, generation.dimensions, generation.configuration ->> 'embedding_model' AS embedding_model
    FROM {page} AS root
    JOIN {page} AS page ON page.{pk} = root.{pk} OR (%(subtree)s AND page.path LIKE root.path || '%%')
    JOIN {state} AS listed ON listed.page_id = page.{pk} AND listed.state <> 'skipped'
    JOIN {generation} AS generation ON generation.id = listed.index_id AND generation.state IN ('building', 'active')
    WHERE root.{pk} = ANY(%(pages)s::{page_key}[]) AND generation.alias = ANY(%(aliases)s)
    ORDER BY listed.page_id, listed.index_id
    FOR UPDATE OF listed
) AS found
WHERE state.id = found.id
RETURNING found.dimensions, found.embedding_model, state.index_id, state.page_id
"""


def request_pages(page_ids: Iterable[Any], aliases: Sequence[str], using: str) -> list[Any]:
    """Ask for pages to be indexed anew, in every generation that follows the site. One statement.

    Args:
        page_ids: primary keys of pages.
        aliases: the indexes concerned.
        using: the database.

    Returns:
        Primary keys of the pages that somebody has to index now; none while there is no generation.
    """
    parameters = {"pages": list(page_ids), "aliases": list(aliases)}
    return sorted({page_id for (page_id,) in run(using, REQUEST_PAGES, parameters)})


def request_private_subtree(root_id: Any, aliases: Sequence[str], using: str) -> list[Any]:
    """Ask for those pages below and including one that were left out as private. One statement.

    Returns:
        Primary keys of the pages that somebody has to index now.
    """
    parameters = {"root": root_id, "aliases": list(aliases)}
    return sorted({page_id for (page_id,) in run(using, REQUEST_PRIVATE_SUBTREE, parameters)})


def remove_pages(
    page_ids: Iterable[Any], reason: SkipReason, aliases: Sequence[str], using: str, *, subtree: bool = False
) -> None:
    """Take pages out of the index. Whoever is working on one of them loses.

    Args:
        page_ids: primary keys of pages.
        reason: why they are left out from now on.
        aliases: the indexes concerned.
        using: the database.
        subtree: whether all pages below go, too.
    """
    parameters = {"pages": list(page_ids), "reason": reason.value, "aliases": list(aliases), "subtree": subtree}
    with transaction.atomic(using=using, savepoint=False):
        by_table: dict[tuple[int, str], list[tuple[int, Any]]] = {}
        for dimensions, label, index_id, page_id in run(using, SKIP_PAGES, parameters):
            by_table.setdefault((dimensions, label or ""), []).append((index_id, page_id))
        for (dimensions, label), pairs in by_table.items():
            delete_rows(pairs, embedding_table_of(dimensions, label, using), using)


def remove_deleted_page(page_id: Any, aliases: Sequence[str], using: str, *, subtree: bool) -> None:
    """Take a page out of the index that this transaction goes on to delete.

    The page is locked first: rows that a worker writes before the deletion is over would make it fail.
    """
    run(using, LOCK_PAGES, {"pages": [page_id], "subtree": subtree})
    remove_pages([page_id], SkipReason.NOT_LIVE, aliases, using, subtree=subtree)
