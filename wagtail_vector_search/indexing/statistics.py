"""Numbers about all pages of a generation that BM25 needs: document frequencies, page count, average length."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Avg
from django.db.models.functions import Now

from ..database.execute import fetch
from ..database.tables import page_model
from ..generations.writable import WritableGeneration
from ..models import EntryTerms, Generation
from ..ranking import constants
from . import limits
from .pipeline import examine
from .survey import survey
from .terms import count_terms

#: Pages in the random sample that estimates the average length before any page is stored.
SAMPLE_PAGES = 500

# One statement, so that it counts and corrects the same state of the tables: what a worker commits meanwhile is in
# neither, and its changes to the ledger are kept. Only terms whose rows are wrong are written.
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


def refresh_term_frequencies(writable: WritableGeneration) -> None:
    """Fold the ledger of document frequencies, correct it by what is stored, and count the pages.

    From then on, every worker that writes a page also enters it into the ledger.
    """
    rows = Generation.objects.using(writable.using).filter(pk=writable.generation_id)
    with transaction.atomic(using=writable.using):
        # Locked, because two processes at once would both add what is missing.
        list(rows.select_for_update(no_key=True))
        fetch(writable.using, CORRECT_LEDGER, {"generation": writable.generation_id})
        rows.update(page_count=count_stored_pages(writable), updated_at=Now())


def count_stored_pages(writable: WritableGeneration) -> int:
    """Return how many pages of a generation are stored."""
    return EntryTerms.objects.using(writable.using).filter(generation=writable.generation_id).count()


def estimate_average_length(writable: WritableGeneration) -> float:
    """Return the words per page of a random sample, before anything is stored."""
    pages = page_model()._base_manager.using(writable.using).filter(live=True, alias_of=None, depth__gt=1)
    sample = list(pages.order_by("?").values_list("pk", flat=True)[:SAMPLE_PAGES])
    lengths: list[int] = []
    for start in range(0, len(sample), limits.BATCH_PAGES):
        examined = examine(writable, survey(writable, sample[start : start + limits.BATCH_PAGES]))
        prepared = [*examined.changed, *examined.unchanged]
        lengths += [counts.length for counts in count_terms(prepared, writable.settings)]
    return sum(lengths) / len(lengths) if lengths else 0.0


def measure_average_length(writable: WritableGeneration) -> float:
    """Return the words per page that are stored; 0 when no page is."""
    stored = EntryTerms.objects.using(writable.using).filter(generation=writable.generation_id)
    return float(stored.aggregate(average=Avg("length"))["average"] or 0)


def has_drifted(reference: float, average: float) -> bool:
    """Return whether weights that were computed with one average length should be computed again with another."""
    return abs(average - reference) > constants.MAX_LENGTH_DRIFT * reference
