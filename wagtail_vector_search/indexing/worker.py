"""Does the work that is due: what a task does after a publish, and what ``process_vector_queue`` does for the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, InterfaceError

from ..database.availability import is_ready, write_alias
from ..database.errors import is_outage
from ..exceptions import ProviderConfigurationError, ProviderError, VectorSearchError
from ..generations.writable import Target, get_targets
from .claims import Claims, claim_due, give_back
from .failures import describe
from .outcomes import fail, free, postpone
from .pipeline import BATCH_CHARACTERS, Report, Work, embed, examine, look_at_provider, write_vectors, write_words
from .survey import BATCH_PAGES, survey

logger = logging.getLogger(__name__)

#: How often pages are tried at once that somebody else changes or locks meanwhile.
ROUNDS = 3


def ignore_progress(pages: int) -> None:
    """Do nothing when pages are done."""


def process(page_ids: Sequence[Any] | None = None, *, allow_remote: bool = True, using: str | None = None) -> Report:
    """Index what is due.

    Args:
        page_ids: only these pages; ``None`` takes everything that is due.
        allow_remote: whether a provider that is not local may be called for these pages; if not, they become findable
            by their words, and stay pending.
        using: the database; by default the one that is indexed.
    """
    using = using or write_alias()
    if page_ids is None:
        # Without the provider pages would stay due, and this would not end.
        return drain(using)
    report = Report()
    for start in range(0, len(page_ids) if is_ready(using) else 0, BATCH_PAGES):
        _process_pages(list(page_ids[start : start + BATCH_PAGES]), report, allow_remote=allow_remote, using=using)
    return report


def drain(
    using: str,
    *,
    progress: Callable[[int], object] = ignore_progress,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Report:
    """Index everything that is due, batch by batch, those first that have waited longest.

    Args:
        using: the database.
        progress: called after each batch with the number of its pages.
        is_stopping: asked before each batch.
    """
    report = Report()
    while is_ready(using) and not is_stopping() and (claimed := claim_due(using, limit=BATCH_PAGES)):
        _process_claims(claimed, report, allow_remote=True, using=using)
        progress(sum(map(len, claimed.values())))
    return report


def _process_pages(page_ids: list[Any], report: Report, *, allow_remote: bool, using: str) -> None:
    lost = True
    for _ in range(ROUNDS):
        if lost:
            claimed = claim_due(using, page_ids=page_ids, limit=None)
            lost = _process_claims(claimed, report, allow_remote=allow_remote, using=using)


def _process_claims(claimed: dict[int, Claims], report: Report, *, allow_remote: bool, using: str) -> bool:
    """Do claimed work, and return whether some of it was lost to somebody else and may be there again."""
    again = False
    with _given_back_when_interrupted(claimed, using):
        for target in get_targets(using, list(claimed)) if claimed else []:
            for work in work_on(target, claimed[target.generation_id], allow_remote=allow_remote):
                report.add(work.report)
                give_back(target, work.lost)
                again |= bool(work.lost)
    return again


@contextmanager
def _given_back_when_interrupted(claimed: dict[int, Claims], using: str) -> Iterator[None]:
    """Let others have the pages at once when this process is told to end, or its connection breaks."""
    try:
        yield
    except BaseException:
        try:
            for target in get_targets(using, list(claimed)):
                free(target, claimed[target.generation_id])
        except (DatabaseError, InterfaceError):
            logger.warning("Claimed pages come back when their lease has run out.")
        raise


def work_on(target: Target, claims: Claims, *, allow_remote: bool = True) -> Iterator[Work]:
    """Take claimed pages all the way, as many together as their text allows.

    What no step foresaw is charged to the page that causes it, and to no other; what is wrong with the index, to none.
    """
    while claims:
        try:
            work, claims = _work_on_some(target, claims, allow_remote=allow_remote)
        except VectorSearchError as exc:
            work, claims = _postpone_all(target, claims, exc), {}
        except Exception as exc:
            if is_outage(exc, target.using):
                raise
            if len(claims) > 1:
                for page_id, version in claims.items():
                    yield from work_on(target, {page_id: version}, allow_remote=allow_remote)
                return
            work, claims = _charge(target, claims, exc), {}
        yield work


def _work_on_some(target: Target, claims: Claims, *, allow_remote: bool) -> tuple[Work, Claims]:
    """Return work that is done, and the claims that were too much for it."""
    # A page of another version has been edited since; that edit has its own request.
    candidates = [c for c in survey(target, list(claims)) if c.version == claims[c.page_id]]
    found = examine(target, candidates, characters=BATCH_CHARACTERS)
    left = {page_id: claims[page_id] for page_id in found.left}
    work = write_words(target, {page_id: claims[page_id] for page_id in claims.keys() - left.keys()}, found)
    if allow_remote or target.provider.is_local:
        look_at_provider(target, work)
        write_vectors(target, work, embed(target, work))
    else:
        _leave_vectors(target, work)
    return work, left


def _leave_vectors(target: Target, work: Work) -> None:
    """Keep the pages pending, for a worker outside the editor's request."""
    pages = {plan.page.page_id for plan in work.plans}
    free(target, {page_id: work.claims[page_id] for page_id in pages})
    work.report.waiting = work.settle(pages)


def _charge(target: Target, claims: Claims, exc: Exception) -> Work:
    logger.exception("A page could not be indexed.")
    work = Work(claims)
    work.report.failed = work.settle(fail(target, claims, dict.fromkeys(claims, describe(exc))))
    return work


def _postpone_all(target: Target, claims: Claims, exc: VectorSearchError) -> Work:
    logger.error('The index "%s" cannot be written: %s', target.generation.index_name, describe(exc))
    work = Work(claims)
    work.report.waiting = work.settle(postpone(target, claims, describe(exc)))
    work.report.outage = exc if isinstance(exc, ProviderError) else ProviderConfigurationError(str(exc))
    return work
