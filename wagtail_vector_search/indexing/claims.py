"""Who works on which page: claims, and what becomes of them.

A claim is a page with the version that was requested when it was claimed. Whatever a worker finds out about the page
is written only while that version is still the one requested. No statement here waits for a lock: a row that somebody
else has locked is about to change, so the claim on it is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from django.db import OperationalError, transaction

from ..conf import get_all_index_settings
from ..database.execute import fetch
from ..generations.writable import Target
from ..models import Generation

#: Requested version by page.
Claims: TypeAlias = dict[Any, int]

#: Seconds a worker has a page to itself. A killed worker's pages come back after that.
LEASE_SECONDS = 600

#: Attempts after which a page that fails for reasons of its own is given up, until it is edited.
MAX_ATTEMPTS = 8

_DUE = """
FROM {entry} AS due JOIN {generation} AS generation ON generation.id = due.generation_id
WHERE generation.state IN ('building', 'active') AND generation.index_name = ANY(%(index_names)s)
    AND (due.state = 'pending' OR due.state = 'failed' AND due.attempts < %(max_attempts)s)
    AND due.next_attempt_at <= statement_timestamp()
    AND (due.lease_expires_at IS NULL OR due.lease_expires_at <= statement_timestamp())
    AND (%(all)s OR due.page_id = ANY(%(pages)s::{page_key}[]))
"""

COUNT_DUE = "SELECT count(*)" + _DUE

CLAIM_DUE = (
    """
UPDATE {entry} AS entry
SET lease_expires_at = statement_timestamp() + %(lease)s * interval '1 second'
FROM (
    SELECT due.id
"""
    + _DUE
    + """
    ORDER BY due.next_attempt_at
    LIMIT %(limit)s
    FOR UPDATE OF due SKIP LOCKED
) AS found
WHERE entry.id = found.id
RETURNING entry.generation_id, entry.page_id, entry.requested_version
"""
)

# A page that an editor is saving has its row locked, and is left to the editor.
CLAIM_SURVEYED = """
INSERT INTO {entry} AS entry (generation_id, page_id, requested_version, lease_expires_at)
SELECT %(generation)s, page.{pk}, claim.version + 1, statement_timestamp() + %(lease)s * interval '1 second'
FROM unnest(%(pages)s::{page_key}[], %(versions)s::bigint[]) AS claim (page_id, version)
JOIN {page} AS page ON page.{pk} = claim.page_id
ORDER BY page.{pk}
FOR SHARE OF page SKIP LOCKED
ON CONFLICT (generation_id, page_id) DO UPDATE
SET requested_version = excluded.requested_version, lease_expires_at = excluded.lease_expires_at,
    state = CASE entry.state WHEN 'failed' THEN 'failed' ELSE 'pending' END, skip_reason = '',
    requested_at = CASE entry.state WHEN 'pending' THEN entry.requested_at ELSE statement_timestamp() END,
    next_attempt_at = statement_timestamp()
WHERE entry.requested_version = excluded.requested_version - 1
    AND (%(take_over)s OR entry.lease_expires_at IS NULL OR entry.lease_expires_at <= statement_timestamp())
RETURNING page_id, requested_version
"""

# FOR KEY SHARE is what the foreign key asks for at the end of the transaction, where it would wait.
HOLD = """
SELECT entry.page_id
FROM unnest(%(pages)s::{page_key}[], %(versions)s::bigint[]) AS claim (page_id, version)
JOIN {entry} AS entry ON entry.page_id = claim.page_id AND entry.requested_version = claim.version
JOIN {page} AS page ON page.{pk} = entry.page_id
WHERE entry.generation_id = %(generation)s AND entry.state IN ('pending', 'failed')
ORDER BY entry.page_id
FOR UPDATE OF entry SKIP LOCKED
FOR KEY SHARE OF page SKIP LOCKED
"""

FREE_PAGE = """
UPDATE {entry} SET lease_expires_at = NULL
WHERE generation_id = %(generation)s AND page_id = %(page)s AND requested_version = %(version)s
    AND state IN ('pending', 'failed')
"""


def claim_due(using: str, *, page_ids: Sequence[Any] | None = None, limit: int | None) -> dict[int, Claims]:
    """Take work that is due, so that no other worker has it for ``LEASE_SECONDS``. One statement.

    Args:
        using: the database.
        page_ids: only these pages; ``None`` takes what has waited longest.
        limit: the most claims to take; ``None`` for no limit.

    Returns:
        Claims by primary key of the generation.
    """
    parameters = {**_due_parameters(page_ids), "limit": limit, "lease": LEASE_SECONDS}
    claims: dict[int, Claims] = {}
    for generation_id, page_id, version in fetch(using, CLAIM_DUE, parameters):
        claims.setdefault(generation_id, {})[page_id] = version
    return claims


def count_due(using: str) -> int:
    """Return how much work is due that nobody has taken. One statement."""
    return int(fetch(using, COUNT_DUE, _due_parameters(None))[0][0])


def claim_surveyed(target: Target, versions: Claims, *, take_over: bool) -> Claims:
    """Take pages that turned out to need work, unless they have been edited since they were surveyed. One statement.

    Args:
        target: the generation.
        versions: requested version by page, as surveyed; 0 for pages that the generation has never heard of.
        take_over: take pages even from another worker.

    Returns:
        The pages taken, with their new version.
    """
    if not versions:
        return {}
    parameters = {**_parameters(target, versions), "lease": LEASE_SECONDS, "take_over": take_over}
    return dict(fetch(target.using, CLAIM_SURVEYED, parameters))


def hold(target: Target, claims: Claims) -> set[Any]:
    """Lock claims until the end of the transaction, and return the pages whose claim still stands. One statement."""
    if not claims:
        return set()
    return {page_id for (page_id,) in fetch(target.using, HOLD, _parameters(target, claims))}


def commit_at_leisure(target: Target) -> None:
    """Let this transaction end before it is on disk, if the generation is being built. One statement then.

    A server that crashes within the next second forgets all of the transaction, and those after it: the pages are to
    be done again. What an editor commits, and the beginning of service, waits for everything before it.
    """
    if target.generation.state == Generation.State.BUILDING:
        fetch(target.using, "SET LOCAL synchronous_commit = off", {})


def give_back(target: Target, claims: Claims) -> None:
    """Let anybody take these pages again, unless somebody else has changed them meanwhile.

    Waits, a page at a time, for whoever has it locked: shorter than PostgreSQL waits before it looks for a deadlock,
    so that it is never an editor who pays.
    """
    for page_id, version in claims.items():
        parameters = {"generation": target.generation_id, "page": page_id, "version": version}
        try:
            with transaction.atomic(using=target.using):
                fetch(target.using, "SET LOCAL lock_timeout = '500ms'", {})
                fetch(target.using, "SELECT FROM {page} WHERE {pk} = %(page)s FOR KEY SHARE", parameters)
                fetch(target.using, FREE_PAGE, parameters)
        except OperationalError:
            continue  # its lease will run out


def _parameters(target: Target, claims: Claims) -> dict[str, Any]:
    return {"generation": target.generation_id, "pages": list(claims), "versions": list(claims.values())}


def _due_parameters(page_ids: Sequence[Any] | None) -> dict[str, Any]:
    return {
        "index_names": [settings.index_name for settings in get_all_index_settings()],
        "all": page_ids is None,
        "pages": list(page_ids or ()),
        "max_attempts": MAX_ATTEMPTS,
    }
