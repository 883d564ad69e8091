"""Numbers about all pages of a generation, that BM25 needs: document frequencies, page count, average length."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Avg, Count
from django.utils import timezone

from ..database.execute import fetch
from ..database.tables import page_model
from ..generations.writable import Target
from ..models import EntryTerms, Generation
from .pipeline import examine
from .survey import BATCH_PAGES, survey
from .terms import count_terms

#: Pages whose average length stands for that of all, before the first is stored.
SAMPLE_PAGES = 500

#: Share by which the average length may move away from the one that the stored weights were computed with.
MAX_DRIFT = 0.1

# One statement, so that it counts and corrects the same state of the tables: what a worker commits meanwhile is in
# neither, and its changes to the ledger are kept. Only terms whose rows are not right already are written.
CORRECT_LEDGER = """
WITH counted AS (
    SELECT term, count(*) AS pages
    FROM {entry_terms} CROSS JOIN unnest(terms) AS term
    WHERE generation_id = %(generation)s
    GROUP BY term
),
ledger AS (
    SELECT term, sum(document_frequency) AS pages, count(*) AS entries
    FROM {term_frequency} WHERE generation_id = %(generation)s
    GROUP BY term
),
wrong AS (
    SELECT term, coalesce(counted.pages, 0) AS pages
    FROM counted FULL JOIN ledger USING (term)
    WHERE counted.pages IS DISTINCT FROM ledger.pages OR ledger.entries > 1
),
gone AS (
    DELETE FROM {term_frequency} AS ledger_entry USING wrong
    WHERE ledger_entry.generation_id = %(generation)s AND ledger_entry.term = wrong.term
)
INSERT INTO {term_frequency} (generation_id, term, document_frequency)
SELECT %(generation)s, term, pages FROM wrong WHERE pages > 0
"""


def refresh_term_frequencies(target: Target) -> None:
    """Fold the ledger of document frequencies, correct it by what is stored, and count the pages.

    From then on, whoever writes a page also enters it into the ledger.
    """
    rows = Generation.objects.using(target.using).filter(pk=target.generation_id)
    with transaction.atomic(using=target.using):
        # Two at once would both add what is missing.
        list(rows.select_for_update(no_key=True))
        fetch(target.using, CORRECT_LEDGER, {"generation": target.generation_id})
        rows.update(page_count=_terms(target).aggregate(pages=Count("pk"))["pages"], updated_at=timezone.now())


def estimate_average_length(target: Target) -> float:
    """Return the terms per page of a random sample, before anything is stored."""
    pages = page_model()._base_manager.using(target.using).filter(live=True, alias_of=None, depth__gt=1)
    sample = list(pages.order_by("?").values_list("pk", flat=True)[:SAMPLE_PAGES])
    lengths: list[int] = []
    for start in range(0, len(sample), BATCH_PAGES):
        found = examine(target, survey(target, sample[start : start + BATCH_PAGES]))
        lengths += [sum(counts.values()) for counts in count_terms([*found.changed, *found.unchanged], target.using)]
    return sum(lengths) / len(lengths) if lengths else 0.0


def measure_average_length(target: Target) -> float:
    """Return the terms per page that are stored; 0 when no page is."""
    return float(_terms(target).aggregate(average=Avg("length"))["average"] or 0)


def has_drifted(reference: float, average: float) -> bool:
    """Return whether weights that were computed with one average length should be computed anew with another."""
    return abs(average - reference) > MAX_DRIFT * reference


def _terms(target: Target):  # type: ignore[no-untyped-def]
    return EntryTerms.objects.using(target.using).filter(generation=target.generation_id)
