"""Everything that is stored of an index, in a form that two indexes can be compared in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings as django_settings
from django.db.models import F, Q
from django.test import override_settings

from wagtail_vector_search.generations.writable import get_writable_generations
from wagtail_vector_search.indexing.bulk import BulkRun
from wagtail_vector_search.indexing.statistics import refresh_term_frequencies
from wagtail_vector_search.indexing.survey import iterate_page_ids
from wagtail_vector_search.indexing.worker import ignore_progress
from wagtail_vector_search.models import (
    Entry,
    EntryTerms,
    Generation,
    TermFrequency,
    get_vector_table,
)
from wagtail_vector_search.providers import reset_providers

#: The index that is built to be compared with.
SCRATCH = "scratch"


@dataclass(frozen=True)
class Snapshot:
    """All that searches read, without the keys of rows."""

    #: Language, terms, length and weights by page.
    terms: dict[Any, tuple[Any, ...]]
    #: Heading, anchor, text, hash and vector by page and position.
    chunks: dict[tuple[Any, int], tuple[Any, ...]]
    #: Pages by term, summed from the ledger; without those of which no page is left.
    frequencies: dict[str, int]
    #: Pages that count as indexed.
    indexed: set[Any]


def index_snapshot(index_name: str = "default", state: str = "active") -> Snapshot:
    """Return all that is stored in one generation of an index."""
    generation = Generation.objects.get(index_name=index_name, state=state)
    model: Any = get_vector_table(generation.dimensions, generation.configuration["vector_table"])
    return Snapshot(
        {
            row.page_id: (row.language_code, tuple(row.terms), row.length, str(row.weights))
            for row in EntryTerms.objects.filter(generation=generation)
        },
        {
            (row.page_id, row.position): (row.heading, row.anchor, row.text, row.text_hash, str(row.embedding))
            for row in model._base_manager.filter(generation=generation)
        },
        _frequencies(generation),
        set(Entry.objects.filter(generation=generation, state="indexed").values_list("page_id", flat=True)),
    )


def assert_index_equals_one_built_from_scratch(index_name: str = "default") -> None:
    """Compare an index with a new one over the same site, and see that nothing is left to do about it."""
    unfinished = Entry.objects.filter(generation__index_name=index_name, generation__state="active").filter(
        Q(state="pending")
        | ~Q(done_version=F("requested_version")) & ~Q(state="failed")
        | Q(lease_expires_at__isnull=False)
    )
    assert list(unfinished.values("page_id", "state", "requested_version", "done_version", "lease_expires_at")) == []
    stored, scratch = index_snapshot(index_name), _scratch_snapshot(index_name)
    assert stored.indexed == scratch.indexed
    assert stored.terms == scratch.terms
    assert stored.chunks == scratch.chunks
    assert stored.frequencies == scratch.frequencies


def let_time_pass() -> None:
    """Let every lease run out, and every wait be over."""
    Entry.objects.update(next_attempt_at=F("requested_at"))
    Entry.objects.filter(lease_expires_at__isnull=False).update(lease_expires_at=F("requested_at"))


def _scratch_snapshot(index_name: str) -> Snapshot:
    model = Generation.objects.get(index_name=index_name, state="active")
    scratch = Generation.objects.create(
        index_name=SCRATCH,
        fingerprint=model.fingerprint,
        configuration=model.configuration,
        dimensions=model.dimensions,
        average_length=model.average_length,
    )
    entries = django_settings.WAGTAIL_VECTOR_SEARCH
    try:
        with override_settings(WAGTAIL_VECTOR_SEARCH={**entries, SCRATCH: entries[index_name]}):
            reset_providers()
            (writable,) = get_writable_generations("default", [scratch.pk])
            BulkRun(writable, ignore_progress).over(iterate_page_ids("default"))
            refresh_term_frequencies(writable)
        return index_snapshot(SCRATCH, state="building")
    finally:
        scratch.delete()


def _frequencies(generation: Generation) -> dict[str, int]:
    frequencies: Counter[str] = Counter()
    for row in TermFrequency.objects.filter(generation=generation):
        frequencies[row.term] += row.document_frequency
    return {term: pages for term, pages in frequencies.items() if pages}
