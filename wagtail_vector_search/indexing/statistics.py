"""Numbers about all pages of a generation, that BM25 needs: document frequencies, page count, average length."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Avg, Count
from django.utils import timezone

from ..models import PageTerms, VectorIndex
from .database import page_model, run
from .lexemes import count_lexemes
from .pipeline import examine
from .survey import BATCH_PAGES, survey
from .target import Target

#: Pages whose average length stands for that of all, before the first is stored.
SAMPLE_PAGES = 500

#: Share by which the average length may move away from the one that the stored weights were computed with.
MAX_DRIFT = 0.1

# One statement, so that it counts and corrects the same state of the tables: what a worker commits meanwhile is in
# neither, and its changes to the ledger are kept. Only lexemes whose rows are not right already are written.
CORRECT_LEDGER = """
WITH counted AS (
    SELECT lexeme, count(*) AS pages
    FROM {terms} CROSS JOIN unnest(lexemes) AS lexeme
    WHERE index_id = %(index)s
    GROUP BY lexeme
),
ledger AS (
    SELECT lexeme, sum(document_frequency) AS pages, count(*) AS entries
    FROM {statistics} WHERE index_id = %(index)s
    GROUP BY lexeme
),
wrong AS (
    SELECT lexeme, coalesce(counted.pages, 0) AS pages
    FROM counted FULL JOIN ledger USING (lexeme)
    WHERE counted.pages IS DISTINCT FROM ledger.pages OR ledger.entries > 1
),
gone AS (
    DELETE FROM {statistics} AS statistics USING wrong
    WHERE statistics.index_id = %(index)s AND statistics.lexeme = wrong.lexeme
)
INSERT INTO {statistics} (index_id, lexeme, document_frequency)
SELECT %(index)s, lexeme, pages FROM wrong WHERE pages > 0
"""


def refresh_statistics(target: Target) -> None:
    """Fold the ledger of document frequencies, correct it by what is stored, and count the pages.

    From then on, whoever writes a page also enters it into the ledger.
    """
    rows = VectorIndex.objects.using(target.using).filter(pk=target.index_id)
    with transaction.atomic(using=target.using):
        # Two at once would both add what is missing.
        list(rows.select_for_update(no_key=True))
        run(target.using, CORRECT_LEDGER, {"index": target.index_id})
        rows.update(page_count=_terms(target).aggregate(pages=Count("pk"))["pages"], updated_at=timezone.now())


def estimate_average_length(target: Target) -> float:
    """Return the lexemes per page of a random sample, before anything is stored."""
    pages = page_model()._base_manager.using(target.using).filter(live=True, alias_of=None, depth__gt=1)
    sample = list(pages.order_by("?").values_list("pk", flat=True)[:SAMPLE_PAGES])
    lengths: list[int] = []
    for start in range(0, len(sample), BATCH_PAGES):
        found = examine(target, survey(target, sample[start : start + BATCH_PAGES]))
        lengths += [sum(counts.values()) for counts in count_lexemes([*found.changed, *found.unchanged], target.using)]
    return sum(lengths) / len(lengths) if lengths else 0.0


def measure_average_length(target: Target) -> float:
    """Return the lexemes per page that are stored; 0 when no page is."""
    return float(_terms(target).aggregate(average=Avg("length"))["average"] or 0)


def has_drifted(reference: float, average: float) -> bool:
    """Return whether weights that were computed with one average length should be computed anew with another."""
    return abs(average - reference) > MAX_DRIFT * reference


def _terms(target: Target):  # type: ignore[no-untyped-def]
    return PageTerms.objects.using(target.using).filter(index=target.index_id)
