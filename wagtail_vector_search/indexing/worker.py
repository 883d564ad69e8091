"""Does the work that is due: what a task does after a publish, and what a cron job does for the rest."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.db import InterfaceError, OperationalError

from .claims import Claims, claim_due, give_back
from .database import is_ready, write_alias
from .failures import describe
from .outcomes import fail, free
from .pipeline import Report, Work, embed, examine, write_vectors, write_words
from .survey import BATCH_PAGES, survey
from .target import Target, get_targets

logger = logging.getLogger(__name__)

#: How often pages are tried at once that somebody else changes or locks meanwhile.
ROUNDS = 3


def process(page_ids: Sequence[Any] | None = None, *, allow_remote: bool = True, using: str | None = None) -> Report:
    """Index what is due.

    Args:
        page_ids: only these pages; ``None`` takes everything that is due.
        allow_remote: whether a provider that is not local may be called for these pages; if not, they become findable
            by their words, and stay pending.
        using: the database; by default the one that is indexed.
    """
    using = using or write_alias()
    report = Report()
    if not is_ready(using):
        return report
    if page_ids is None:
        # Without the provider pages would stay due, and this would not end.
        while claimed := claim_due(using, limit=BATCH_PAGES):
            _process_claims(claimed, report, allow_remote=True, using=using)
        return report
    for start in range(0, len(page_ids), BATCH_PAGES):
        _process_pages(list(page_ids[start : start + BATCH_PAGES]), report, allow_remote=allow_remote, using=using)
    return report


def _process_pages(page_ids: list[Any], report: Report, *, allow_remote: bool, using: str) -> None:
    lost = True
    for _ in range(ROUNDS):
        if lost:
            claimed = claim_due(using, page_ids=page_ids, limit=None)
            lost = _process_claims(claimed, report, allow_remote=allow_remote, using=using)


def _process_claims(claimed: dict[int, Claims], report: Report, *, allow_remote: bool, using: str) -> bool:
    """Do claimed work, and return whether some of it was lost to somebody else and may be there again."""
    targets = get_targets(using, list(claimed)) if claimed else []
    again = False
    for target in targets:
        for work in work_on(target, claimed[target.index_id], allow_remote=allow_remote):
            report.add(work.report)
            give_back(target, work.lost)
            again |= bool(work.lost)
    return again


def work_on(target: Target, claims: Claims, *, allow_remote: bool = True) -> list[Work]:
    """Take claimed pages all the way. What no step foresaw is charged to the page that causes it, and to no other."""
    try:
        return [_work_on_all(target, claims, allow_remote=allow_remote)]
    except (OperationalError, InterfaceError):
        raise  # the connection, not a page
    except Exception as exc:
        if len(claims) > 1:
            return [
                work
                for page_id, version in claims.items()
                for work in work_on(target, {page_id: version}, allow_remote=allow_remote)
            ]
        logger.exception("A page could not be indexed.")
        work = Work(claims)
        work.report.failed = work.settle(fail(target, claims, dict.fromkeys(claims, describe(exc))))
        return [work]


def _work_on_all(target: Target, claims: Claims, *, allow_remote: bool) -> Work:
    # A page of another version has been edited since; that edit has its own request.
    candidates = [c for c in survey(target, list(claims)) if c.version == claims[c.page_id]]
    work = write_words(target, claims, examine(target, candidates))
    if allow_remote or target.provider.is_local:
        write_vectors(target, work, embed(target, work))
    else:
        _leave_vectors(target, work)
    return work


def _leave_vectors(target: Target, work: Work) -> None:
    """Keep the pages pending, for a worker outside the editor's request."""
    pages = {plan.page.page_id for plan in work.plans}
    free(target, {page_id: work.claims[page_id] for page_id in pages})
    work.report.waiting = work.settle(pages)
