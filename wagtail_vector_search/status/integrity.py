"""Whether a serving generation is what a fresh build would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import DatabaseError

from ..content import hash_text
from ..database.execute import fetch
from ..exceptions import ProviderError, VectorSearchError
from ..generations.writable import WritableGeneration
from ..indexing.calibration import needs_calibration
from ..indexing.comparison import Difference, count_differences
from ..indexing.pipeline import examine
from ..indexing.preparation import PreparedPage
from ..indexing.survey import survey
from ..models import Entry, EntryRequest, EntryTerms, TermFrequency

#: Pages that ``vector_search_status`` reads again, drawn at random; all pages of a small site.
SAMPLE_PAGES = 50

#: Chunks of them that it embeds again where the provider is local.
SAMPLE_CHUNKS = 8

#: Least cosine similarity of a stored vector, which has half precision, to the one that the model gives now.
SAME_VECTOR = 0.99

FREQUENCIES = """
SELECT (SELECT coalesce(sum(document_frequency), 0) FROM {term_frequency} WHERE generation_id = %(generation)s)
    - (SELECT coalesce(sum(cardinality(terms)), 0) FROM {entry_terms} WHERE generation_id = %(generation)s) AS excess
"""

MISSING_INDEXES = """
SELECT name FROM unnest(%(names)s::text[]) AS name
WHERE NOT EXISTS (
    SELECT FROM pg_index JOIN pg_class ON pg_class.oid = pg_index.indexrelid
    WHERE pg_class.relname = name AND pg_index.indisvalid AND pg_table_is_visible(pg_class.oid)
) AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conname = name AND pg_table_is_visible(conrelid)
)
ORDER BY name
"""

SAMPLE = """
SELECT page_id FROM {entry} WHERE generation_id = %(generation)s AND state = 'indexed' ORDER BY random() LIMIT %(limit)s
"""

VECTORS = """
SELECT text_hash, embedding::text AS vector FROM {embedding}
WHERE generation_id = %(generation)s AND page_id = ANY(%(pages)s::{page_key}[])
"""


@dataclass(frozen=True)
class Integrity:
    """What a comparison with the site, and a look at the rows, has found."""

    #: Pages that differ, by ``Difference``.
    differences: dict[str, int] = field(default_factory=dict)
    #: How many pages' terms the ledger of document frequencies counts too many, or too few.
    frequencies: int = 0
    #: Whether the cut-off is on and has no calibration, or one of a much smaller site.
    is_uncalibrated: bool = False
    #: Indexes of the database that are missing or not valid, beside the HNSW index.
    missing_indexes: list[str] = field(default_factory=list)
    #: Pages of a sample that read otherwise than they are stored; ``None`` if no sample was taken.
    changed_pages: int | None = None
    #: Chunks of a sample whose vector is not what the model gives; ``None`` if none could be embedded.
    wrong_vectors: int | None = None

    def problems(self, index_name: str) -> Iterator[str]:
        """Yield what needs action, in sentences about the index."""
        for difference, pages in sorted(self.differences.items()):
            yield f"{pages:,} {DESCRIPTIONS[Difference(difference)].format(index_name=index_name)} {MENDED}"
        if self.changed_pages:
            yield (
                f'{self.changed_pages:,} page(s) of a sample of the index "{index_name}" read otherwise than they are '
                "stored: something has changed them without a signal. Run: python manage.py update_vector_index"
            )
        if self.wrong_vectors:
            yield (
                f'{self.wrong_vectors:,} vector(s) of a sample of the index "{index_name}" are not those that its '
                "model gives now. Run: python manage.py update_vector_index --rebuild"
            )
        if self.frequencies:
            yield (
                f'The document frequencies of the index "{index_name}" do not fit its words ({self.frequencies:+,}). '
                "Run: python manage.py update_vector_index"
            )
        if self.is_uncalibrated:
            yield (
                f'The cut-off of the index "{index_name}" is not calibrated, or for a much smaller site. Without it, '
                "searches return only pages with a word of the query. Run: python manage.py update_vector_index"
            )
        for name in self.missing_indexes:
            yield (
                f"The index {name} of the database is missing or not valid: searches are slow. Make it again; python "
                "manage.py sqlmigrate wagtail_vector_search 0001 prints the statement."
            )


DESCRIPTIONS = {
    Difference.UNLISTED: 'live page(s) are missing from the index "{index_name}".',
    Difference.UNWANTED: 'page(s) that must not be in the index "{index_name}" are stored there, hidden from visitors.',
    Difference.INCOMPLETE: 'page(s) of the index "{index_name}" count as indexed and lack some of their rows.',
    Difference.STUCK: 'page(s) of the index "{index_name}" wait for longer than any wait: a clock was wrong.',
}

MENDED = (
    "A worker, or the requests that follow, mend that within a minute; at once: python manage.py process_vector_queue"
)


def read_integrity(writable: WritableGeneration, *, sampled: bool) -> Integrity:
    """Compare a serving generation with the site. Three statements, and a few for a sample.

    Args:
        writable: the generation.
        sampled: read some pages again, and embed some of their chunks where the provider is local.
    """
    using = writable.using
    scope = {"generation": writable.generation_id}
    excess = fetch(using, FREQUENCIES, scope)[0].excess
    models = (Entry, EntryRequest, EntryTerms, TermFrequency)
    names = [index.name for model in models for index in (*model._meta.indexes, *model._meta.constraints)]
    missing = [row.name for row in fetch(using, MISSING_INDEXES, {"names": names})]
    changed_pages, wrong_vectors = _read_sample(writable) if sampled else (None, None)
    return Integrity(
        {str(difference): pages for difference, pages in count_differences(writable).items()},
        int(excess),
        needs_calibration(writable, writable.generation.page_count),
        missing,
        changed_pages,
        wrong_vectors,
    )


def _read_sample(writable: WritableGeneration) -> tuple[int | None, int | None]:
    scope = {"generation": writable.generation_id}
    page_ids = [row.page_id for row in fetch(writable.using, SAMPLE, {**scope, "limit": SAMPLE_PAGES})]
    try:
        examined = examine(writable, survey(writable, page_ids))
        return len(examined.changed), _count_wrong_vectors(writable, examined.unchanged)
    except (VectorSearchError, DatabaseError):
        return None, None  # said by what reads the provider and the database


def _count_wrong_vectors(writable: WritableGeneration, pages: list[PreparedPage]) -> int | None:
    import numpy as np

    if not pages or not writable.provider.is_local:
        return None
    parameters = {"generation": writable.generation_id, "pages": [page.page_id for page in pages]}
    rows = fetch(writable.using, VECTORS, parameters, embedding=writable.embedding_table)
    stored = {row.text_hash: row.vector for row in rows}
    texts = [text for page in pages for text in page.texts() if hash_text(text) in stored][:SAMPLE_CHUNKS]
    try:
        vectors = writable.provider.embed_documents(texts)
    except ProviderError:
        return None
    wrong = 0
    for text, vector in zip(texts, vectors, strict=True):
        kept = np.array([float(value) for value in stored[hash_text(text)].strip("[]").split(",")])
        lengths = float(np.linalg.norm(kept) * np.linalg.norm(vector))
        wrong += not (lengths and float(kept @ vector) / lengths >= SAME_VECTOR)
    return wrong
