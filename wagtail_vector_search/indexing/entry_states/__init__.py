"""The life of an entry: the only code that writes the table ``Entry``.

An entry is one searchable object in one generation. Pages are the only kind today; ``Entry`` says how another kind
joins. The states, the verbs and the guards below are the same for every kind, while ``request``, ``withdraw`` and
``claim_surveyed``, which begin with the object, get one statement for each kind.

==================  ===================  ========================  ===================================================
from                verb                 to                        who, and what guards the arrow
==================  ===================  ========================  ===================================================
(none), any         request              pending                   editor's transaction; raises ``requested_version``
not skipped         withdraw             skipped                   editor's transaction; raises ``requested_version``
any                 request_later        the same                  editor's transaction; adds a row to ``EntryRequest``
not left out        take_requests        pending                   worker, or after the commit; deletes such rows
any                 request_listed       pending                   comparison; the version that it has read is the last
(none)              request_unlisted     pending                   comparison
pending, failed     claim                the same, with a lease    worker; due, and no lease that still runs
failed              claim_surveyed       the same, with a lease    bulk run; the version that it has read is the last
(none), any other   claim_surveyed       pending, with a lease     bulk run; the version that it has read is the last
pending + lease     invalidate           the same, without a hash  worker; holds the claim
pending + lease     finish               indexed                   worker; holds the claim
pending + lease     skip                 skipped                   worker; holds the claim
pending + lease     fail                 failed                    worker; holds the claim; retried (``PAGE_FAULTS``)
pending + lease     postpone             pending                   worker; holds the claim; ``PROVIDER_FAULTS``
pending + lease     release              the same, without lease   worker that ends; the version is the claimed one
any                 forget               (none)                    pruning; the generation is not needed
any                 forget_orphans       (none)                    update; the page is gone
==================  ===================  ========================  ===================================================

An entry that is ``failed`` moves like one that is ``pending``, until it has failed as often as ``PAGE_FAULTS`` allows:
then only an editor or a bulk run moves it. Deleting a page or a generation through Django deletes its entries, too.

**Versions.** A claim is an entry with the ``requested_version`` that it had when a worker took it. ``hold`` locks those
entries whose version is still that one, and a worker writes about no others. Every edit raises the version, so that
the worker loses its claim and the edit wins.

**Order of locks.** 1. The page. 2. Its entry; several pages or entries by ascending key. 3. Its rows: terms, chunks,
ledger. Editors who edit the same page have waited for each other at the page before they come to the entry. What
concerns a whole section or all pages that show an object locks nothing in the editor's transaction: it leaves a
note there (``request_later``), or nothing at all where a comparison of site and index finds it by itself. All others
skip what is locked, or wait for less than PostgreSQL's ``deadlock_timeout`` (``claim_surveyed``, ``request_unlisted``,
``release``, pruning). So no two transactions wait for each other, and an editor waits for no worker.

**Clock and waits.** All times are the database's. ``retrying`` bounds every wait.
"""

from .editors import (
    request,
    request_later,
    withdraw,
    withdraw_deleted,
    withdraw_kept_out,
)
from .retrying import PAGE_FAULTS, PROVIDER_FAULTS, RetryPolicy
from .workers import (
    LEASE_SECONDS,
    LOCK_TIMEOUT,
    Claims,
    Stored,
    Surveyed,
    claim,
    claim_surveyed,
    count_due,
    fail,
    finish,
    finish_unchanged,
    forget,
    forget_orphans,
    hold,
    invalidate,
    postpone,
    release,
    request_listed,
    request_unlisted,
    skip,
    take_requests,
)

__all__ = [
    "LEASE_SECONDS",
    "LOCK_TIMEOUT",
    "PAGE_FAULTS",
    "PROVIDER_FAULTS",
    "Claims",
    "RetryPolicy",
    "Stored",
    "Surveyed",
    "claim",
    "claim_surveyed",
    "count_due",
    "fail",
    "finish",
    "finish_unchanged",
    "forget",
    "forget_orphans",
    "hold",
    "invalidate",
    "postpone",
    "release",
    "request",
    "request_later",
    "request_listed",
    "request_unlisted",
    "skip",
    "take_requests",
    "withdraw",
    "withdraw_deleted",
    "withdraw_kept_out",
]
