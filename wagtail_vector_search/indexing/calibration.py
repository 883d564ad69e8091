"""What a generation's similarities mean: measured on the site's own text, so that one cut-off suits every model."""

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
from ..generations.writable import Target

logger = logging.getLogger(__name__)

#: Queries of each kind that are embedded: two calls to most providers.
SAMPLE = 100

#: Share of the queries about nothing that stay below the background similarity.
QUANTILE = 0.95

#: Candidates of a walk through the HNSW index: enough to find the nearest but for rare exceptions.
BREADTH = 400

#: How many times as many pages as at the last calibration call for another.
GROWTH = 2

_WORD = re.compile(r"[^\W\d_]{4,}")

SAMPLE_TEXTS = """
SELECT text FROM {embedding} WHERE generation_id = %(generation)s ORDER BY hashint8(id), id LIMIT %(limit)s
"""

SAMPLE_TITLES = """
SELECT page.{pk}, page.title FROM {page} AS page JOIN {entry_terms} AS entry_terms ON entry_terms.page_id = page.{pk}
WHERE entry_terms.generation_id = %(generation)s AND page.title <> '' ORDER BY hashint8(entry_terms.id), entry_terms.id LIMIT %(limit)s
"""

NEAREST_ANYWHERE = """
SELECT (
    SELECT 1 - (chunk.embedding <=> query.vector) FROM {embedding} AS chunk WHERE chunk.generation_id = %(generation)s
    ORDER BY chunk.embedding <=> query.vector LIMIT 1
) FROM unnest(%(vectors)s::text[]::halfvec[]) AS query (vector)
"""

NEAREST_OF_PAGE = """
SELECT (
    SELECT 1 - min((chunk.embedding <=> query.vector) + 0) FROM {embedding} AS chunk
    WHERE chunk.page_id = query.page_id AND chunk.generation_id = %(generation)s
) FROM unnest(%(pages)s::{page_key}[], %(vectors)s::text[]::halfvec[]) AS query (page_id, vector)
"""


def needs_calibration(target: Target, pages: int) -> bool:
    """Return whether a generation that has so many pages is to be calibrated.

    It is if searches have a cut-off, and it never was, or when it was much smaller.
    """
    generation = target.generation
    has_grown = pages >= GROWTH * generation.calibrated_page_count
    return target.configured.cutoff > 0 and pages > 0 and (generation.background_similarity is None or has_grown)


def stand_ins(target: Target, pages: int) -> list[str]:
    """Return as many texts, about as long, as the calibration after an update would embed.

    Args:
        target: whose generation is perhaps not saved.
        pages: how many it would have.
    """
    if not needs_calibration(target, pages):
        return []
    return ["a question of about seven words or so"] * (SAMPLE + min(pages, SAMPLE))


def calibrate(target: Target) -> None:
    """Measure the similarities of a generation. What cannot be measured now is left for the next update."""
    texts = [text for (text,) in fetch(target.using, SAMPLE_TEXTS, _sample(target), embedding=target.embedding_table)]
    titles = fetch(target.using, SAMPLE_TITLES, _sample(target))
    nothing = make_up_queries(texts, SAMPLE)
    if not nothing or not titles:
        return
    try:
        embedded = target.provider.embed_queries([*nothing, *(title for _, title in titles)])
    except ProviderError as error:
        logger.warning("The cut-off of searches could not be calibrated: %s", error)
        return
    vectors = [vector_literal(vector) for vector in embedded]
    background = _measure(target, NEAREST_ANYWHERE, vectors[: len(nothing)])
    own = _measure(target, NEAREST_OF_PAGE, vectors[len(nothing) :], pages=[page_id for page_id, _ in titles])
    if background and own:
        _store(target, _quantile(background, QUANTILE), _quantile(own, 0.5))


def make_up_queries(texts: Sequence[str], number: int) -> list[str]:
    """Return queries about nothing: words as long as the site's, of the letters that the site uses. Always the same.

    To a model they are as far from every page as a question about something else is.
    """
    words = [word.lower() for text in texts for word in _WORD.findall(text)]
    if not words:
        return []
    random, letters = Random(0), "".join(words)  # noqa: S311  # no secret

    def make_up_word() -> str:
        return "".join(random.choices(letters, k=min(len(random.choice(words)), 20)))

    return [" ".join(make_up_word() for _ in range(random.randint(2, 8))) for _ in range(number)]


def _sample(target: Target) -> dict[str, Any]:
    return {"generation": target.generation_id, "limit": SAMPLE}


def _measure(target: Target, statement: str, vectors: Sequence[str], **parameters: Any) -> list[float]:
    parameters |= {"generation": target.generation_id, "vectors": list(vectors)}
    with transaction.atomic(using=target.using):
        fetch(target.using, "SET LOCAL hnsw.iterative_scan = 'relaxed_order'", {})
        fetch(target.using, f"SET LOCAL hnsw.ef_search = {BREADTH}", {})
        rows = fetch(target.using, statement, parameters, embedding=target.embedding_table)
    return sorted(similarity for (similarity,) in rows if similarity is not None)


def _quantile(ascending: Sequence[float], share: float) -> float:
    return ascending[min(int(share * len(ascending)), len(ascending) - 1)]


def _store(target: Target, background: float, title: float) -> None:
    generation = target.generation
    generation.background_similarity, generation.title_similarity = background, title
    generation.calibrated_page_count = generation.page_count
    fields = ["background_similarity", "title_similarity", "calibrated_page_count"]
    generation.save(using=target.using, update_fields=fields)
