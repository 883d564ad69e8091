"""What an editor's transaction writes: requests to index pages, and the removal of pages from the index.

Locks are taken on a page first and on its state second, so that those who edit the same page have waited for each
other before they come here. What concerns a whole section takes the states that it can have at once, and comes back for
the others after its commit: it never waits for those who publish the pages one by one, in an order of their own.
Workers never wait for a lock that an editor may hold. So nobody waits in a circle.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import OperationalError, transaction

from ..database.execute import fetch
from ..models.entries import SkipReason
from .removal import delete_rows, embedding_table_of

logger = logging.getLogger(__name__)

# A page that is edited while it waits, fails, or is being worked on starts anew; whoever works on it loses.
REQUEST_PAGES = """
INSERT INTO {entry} AS entry (generation_id, page_id)
SELECT generation.id, page.{pk}
FROM {generation} AS generation CROSS JOIN {page} AS page
WHERE generation.state IN ('building', 'active') AND generation.index_name = ANY(%(index_names)s)
    AND page.{pk} = ANY(%(pages)s::{page_key}[]) AND page.depth > 1
ORDER BY page.{pk}, generation.id
ON CONFLICT (generation_id, page_id) DO UPDATE
SET requested_version = entry.requested_version + 1, state = 'pending', skip_reason = '', attempts = 0,
    last_error = '', requested_at = statement_timestamp(), next_attempt_at = statement_timestamp(),
    lease_expires_at = NULL
RETURNING page_id
"""

# Only what was left out as private: the others are in the index, and being moved does not change them.
REQUEST_PRIVATE_SUBTREE = """
UPDATE {entry} AS entry
SET requested_version = entry.requested_version + 1, state = 'pending', skip_reason = '', attempts = 0,
    last_error = '', requested_at = statement_timestamp(), next_attempt_at = statement_timestamp(),
    lease_expires_at = NULL
FROM (
    SELECT closed.id
    FROM {page} AS root
    JOIN {page} AS page ON page.path LIKE root.path || '%%'
    JOIN {entry} AS closed ON closed.page_id = page.{pk} AND closed.skip_reason = 'private'
    JOIN {generation} AS generation ON generation.id = closed.generation_id AND generation.state IN ('building', 'active')
    WHERE root.{pk} = %(root)s AND generation.index_name = ANY(%(index_names)s)
    ORDER BY closed.page_id, closed.generation_id
    FOR UPDATE OF closed SKIP LOCKED
) AS found
WHERE entry.id = found.id
RETURNING page_id
"""

# What is not as it should be after the commit: a state that was somebody else's, or a page that a worker had looked at.
BUSY_SECTION = """
SELECT DISTINCT entry.page_id
FROM {page} AS root
JOIN {page} AS page ON page.path LIKE root.path || '%%'
JOIN {entry} AS entry ON entry.page_id = page.{pk}
JOIN {generation} AS generation ON generation.id = entry.generation_id AND generation.state IN ('building', 'active')
WHERE root.{pk} = %(root)s AND generation.index_name = ANY(%(index_names)s) AND CASE
    WHEN %(closed)s THEN entry.state <> 'skipped'
    ELSE entry.skip_reason = 'private' OR entry.lease_expires_at IS NOT NULL
END
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
UPDATE {entry} AS entry
SET requested_version = entry.requested_version + 1, done_version = entry.requested_version + 1, state = 'skipped',
    skip_reason = %(reason)s, content_hash = '', chunk_count = 0, attempts = 0, last_error = '',
    lease_expires_at = NULL
FROM (
    SELECT listed.id, generation.dimensions, generation.configuration ->> 'vector_table' AS vector_table
    FROM {page} AS root
    JOIN {page} AS page ON page.{pk} = root.{pk} OR (%(subtree)s AND page.path LIKE root.path || '%%')
    JOIN {entry} AS listed ON listed.page_id = page.{pk} AND listed.state <> 'skipped'
    JOIN {generation} AS generation ON generation.id = listed.generation_id AND generation.state IN ('building', 'active')
    WHERE root.{pk} = ANY(%(pages)s::{page_key}[]) AND generation.index_name = ANY(%(index_names)s)
    ORDER BY listed.page_id, listed.generation_id
    FOR UPDATE OF listed {skip_locked}
) AS found
WHERE entry.id = found.id
RETURNING found.dimensions, found.vector_table, entry.generation_id, entry.page_id
"""


def request_pages(page_ids: Iterable[Any], index_names: Sequence[str], using: str) -> list[Any]:
    """Ask for pages to be indexed anew, in every generation that follows the site. One statement.

    Args:
        page_ids: primary keys of pages.
        index_name: the indexes concerned.
        using: the database.

    Returns:
        Primary keys of the pages that somebody has to index now; none while there is no generation.
    """
    parameters = {"pages": list(page_ids), "index_names": list(index_names)}
    return sorted({page_id for (page_id,) in fetch(using, REQUEST_PAGES, parameters)})


def request_private_subtree(root_id: Any, index_names: Sequence[str], using: str) -> list[Any]:
    """Ask for those pages below and including one that were left out as private. One statement.

    Returns:
        Primary keys of the pages that somebody has to index now.
    """
    parameters = {"root": root_id, "index_names": list(index_names)}
    return sorted({page_id for (page_id,) in fetch(using, REQUEST_PRIVATE_SUBTREE, parameters)})


def request_busy(root_id: Any, index_names: Sequence[str], using: str, *, closed: bool) -> list[Any]:
    """Ask for those pages of a section to be looked at anew that somebody was at when it was closed or opened.

    Outside of any transaction. Whoever has a page for longer than we wait is publishing it, which requests it, too.

    Args:
        root_id: primary key of the section's first page.
        index_name: the indexes concerned.
        using: the database.
        closed: whether the section is private now.

    Returns:
        Primary keys of the pages that somebody has to index now.
    """
    requested: list[Any] = []
    for (page_id,) in fetch(using, BUSY_SECTION, {"root": root_id, "index_names": list(index_names), "closed": closed}):
        try:
            with transaction.atomic(using=using):
                fetch(using, "SET LOCAL lock_timeout = '5s'", {})
                requested += request_pages([page_id], index_names, using)
        except OperationalError:
            logger.info("Page %s is being edited; whoever edits it has it looked at.", page_id)
    return requested


def remove_section(root_id: Any, index_names: Sequence[str], using: str) -> None:
    """Take a page that becomes private, and all below it, out of the index, but for those that are busy."""
    _remove([root_id], SkipReason.PRIVATE, index_names, using, subtree=True, skip_locked="SKIP LOCKED")


def remove_pages(
    page_ids: Iterable[Any], reason: SkipReason, index_names: Sequence[str], using: str, *, subtree: bool = False
) -> None:
    """Take pages out of the index. Whoever is working on one of them loses.

    Args:
        page_ids: primary keys of pages.
        reason: why they are left out from now on.
        index_name: the indexes concerned.
        using: the database.
        subtree: whether all pages below go, too.
    """
    _remove(page_ids, reason, index_names, using, subtree=subtree, skip_locked="")


def _remove(
    page_ids: Iterable[Any],
    reason: SkipReason,
    index_names: Sequence[str],
    using: str,
    *,
    subtree: bool,
    skip_locked: str,
) -> None:
    parameters = {"pages": list(page_ids), "reason": reason.value, "index_names": list(index_names), "subtree": subtree}
    with transaction.atomic(using=using, savepoint=False):
        by_table: dict[tuple[int, str], list[tuple[int, Any]]] = {}
        for dimensions, label, generation_id, page_id in fetch(using, SKIP_PAGES, parameters, skip_locked=skip_locked):
            by_table.setdefault((dimensions, label or ""), []).append((generation_id, page_id))
        for (dimensions, label), pairs in by_table.items():
            delete_rows(pairs, embedding_table_of(dimensions, label, using), using)


def remove_deleted_page(page_id: Any, index_names: Sequence[str], using: str, *, subtree: bool) -> None:
    """Take a page out of the index that this transaction goes on to delete.

    The page is locked first: rows that a worker writes before the deletion is over would make it fail.
    """
    fetch(using, LOCK_PAGES, {"pages": [page_id], "subtree": subtree})
    remove_pages([page_id], SkipReason.NOT_LIVE, index_names, using, subtree=subtree)
