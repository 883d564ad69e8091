"""Measures what a generation's similarities mean on the site's own text, so that one cut-off suits every model."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from random import Random
from typing import Any

from django.db import transaction

from ..database.execute import fetch
from ..database.vectors import vector_literal
from ..exceptions import ProviderError
from ..generations.writable import WritableGeneration
from ..ranking import constants

logger = logging.getLogger(__name__)

#: Queries of each kind that are embedded, 200 together: two calls to most providers.
SAMPLE = 100

#: Width of a walk through the HNSW index (``ef_search``), with which it finds the nearest chunk almost always.
EF_SEARCH = 400

#: Factor by which the pages of a generation must have grown since its last calibration to call for another.
GROWTH = 2

_WORD = re.compile(r"[^\W\d_]{4,}")

SAMPLE_TEXTS = """
SELECT text FROM {embedding} WHERE generation_id = %(generation)s ORDER BY hashint8(id), id LIMIT %(limit)s
"""

SAMPLE_TITLES = """
SELECT page.{pk} AS page_id, page.title
FROM {page} AS page JOIN {entry_terms} AS entry_terms ON entry_terms.page_id = page.{pk}
WHERE entry_terms.generation_id = %(generation)s AND page.title <> ''
ORDER BY hashint8(entry_terms.id), entry_terms.id LIMIT %(limit)s
"""

NEAREST_ANYWHERE = """
SELECT (
    SELECT 1 - (chunk.embedding <=> query.vector) FROM {embedding} AS chunk WHERE chunk.generation_id = %(generation)s
    ORDER BY chunk.embedding <=> query.vector LIMIT 1
) AS similarity FROM unnest(%(vectors)s::text[]::halfvec[]) AS query (vector)
"""

NEAREST_OF_PAGE = """
SELECT (
    SELECT 1 - min((chunk.embedding <=> query.vector) + 0) FROM {embedding} AS chunk
    WHERE chunk.page_id = query.page_id AND chunk.generation_id = %(generation)s
) AS similarity FROM unnest(%(pages)s::{page_key}[], %(vectors)s::text[]::halfvec[]) AS query (page_id, vector)
"""


def needs_calibration(writable: WritableGeneration, pages: int) -> bool:
    """Return whether a generation with so many pages is to be calibrated.

    It is where searches have a cut-off, if it was never calibrated, or only when it was much smaller.
    """
    generation = writable.generation
    has_grown = pages >= GROWTH * generation.calibrated_page_count
    return writable.configured.cutoff > 0 and pages > 0 and (generation.background_similarity is None or has_grown)


def stand_ins(writable: WritableGeneration, pages: int) -> list[str]:
    """Return as many texts, about as long, as the calibration after an update would embed.

    Args:
        writable: its generation is perhaps not saved.
        pages: how many it would have.
    """
    if not needs_calibration(writable, pages):
        return []
    return ["a question of about seven words or so"] * (SAMPLE + min(pages, SAMPLE))


def calibrate(writable: WritableGeneration) -> None:
    """Measure the similarities of a generation. What the provider cannot embed now is left for the next update."""
    sample = {"generation": writable.generation_id, "limit": SAMPLE}
    texts = [row.text for row in fetch(writable.using, SAMPLE_TEXTS, sample, embedding=writable.embedding_table)]
    titles = fetch(writable.using, SAMPLE_TITLES, sample)
    nothing = make_up_queries(texts, SAMPLE)
    if not nothing or not titles:
        return
    try:
        embedded = writable.provider.embed_queries([*nothing, *(row.title for row in titles)])
    except ProviderError as error:
        logger.warning("The cut-off of searches could not be calibrated: %s", error)
        return
    vectors = [vector_literal(vector) for vector in embedded]
    background = _measure(writable, NEAREST_ANYWHERE, vectors[: len(nothing)])
    own = _measure(writable, NEAREST_OF_PAGE, vectors[len(nothing) :], pages=[row.page_id for row in titles])
    if background and own:
        generation = writable.generation
        generation.background_similarity = _quantile(background, constants.BACKGROUND_QUANTILE)
        generation.title_similarity = _quantile(own, constants.TITLE_QUANTILE)
        generation.calibrated_page_count = generation.page_count
        fields = ["background_similarity", "title_similarity", "calibrated_page_count"]
        generation.save(using=writable.using, update_fields=fields)


def make_up_queries(texts: Sequence[str], number: int) -> list[str]:
    """Return queries about nothing: words as long as the site's, of the letters that the site uses. Always the same.

    To a model they are as far from every page as a question about another subject is.
    """
    words = [word.lower() for text in texts for word in _WORD.findall(text)]
    if not words:
        return []
    random, letters = Random(0), "".join(words)  # noqa: S311  # no secret

    def make_up_word() -> str:
        return "".join(random.choices(letters, k=min(len(random.choice(words)), 20)))

    return [" ".join(make_up_word() for _ in range(random.randint(2, 8))) for _ in range(number)]


def _measure(writable: WritableGeneration, statement: str, vectors: Sequence[str], **parameters: Any) -> list[float]:
    """Return the similarity of each query to its nearest chunk, ascending, where there is one."""
    parameters |= {"generation": writable.generation_id, "vectors": list(vectors)}
    with transaction.atomic(using=writable.using):
        fetch(writable.using, "SET LOCAL hnsw.iterative_scan = 'relaxed_order'")
        fetch(writable.using, f"SET LOCAL hnsw.ef_search = {EF_SEARCH}")
        rows = fetch(writable.using, statement, parameters, embedding=writable.embedding_table)
    return sorted(row.similarity for row in rows if row.similarity is not None)


def _quantile(ascending: Sequence[float], share: float) -> float:
    return ascending[min(int(share * len(ascending)), len(ascending) - 1)]
