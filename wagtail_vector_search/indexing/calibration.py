"""Measures what a generation's similarities mean on the site's own text, so that one cut-off suits every model."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from random import Random
from typing import Any

from django.db import transaction

from ..analysis import Analyzer, get_analyzer, scripts
from ..database.execute import fetch
from ..database.tables import PageKey
from ..database.vectors import vector_literal
from ..exceptions import ProviderError
from ..generations.writable import WritableGeneration
from ..models.generations import CALIBRATION
from ..ranking import constants
from .embedding import embed_queries

logger = logging.getLogger(__name__)

#: Queries of each kind that are embedded, 200 together: two calls to most providers.
SAMPLE = 100

#: The least of them for each language, and languages that are told apart: those with the most pages.
LEAST_SAMPLE = 30
MAX_LANGUAGES = 6

#: Width of a walk through the HNSW index (``ef_search``), with which it finds the nearest chunk almost always.
EF_SEARCH = 400

#: Factor by which the pages of a generation must have grown since its last calibration to call for another.
GROWTH = 2

LANGUAGES = """
SELECT language_code FROM {entry_terms} WHERE generation_id = %(generation)s
GROUP BY language_code ORDER BY count(*) DESC, language_code LIMIT %(limit)s
"""

SAMPLE_TEXTS = """
SELECT chunk.text
FROM {embedding} AS chunk
JOIN {entry_terms} AS entry_terms
    ON entry_terms.page_id = chunk.page_id AND entry_terms.generation_id = chunk.generation_id
WHERE chunk.generation_id = %(generation)s AND entry_terms.language_code = %(language)s
ORDER BY hashint8(chunk.id), chunk.id LIMIT %(limit)s
"""

SAMPLE_TITLES = """
SELECT page.{pk} AS page_id, page.title
FROM {page} AS page JOIN {entry_terms} AS entry_terms ON entry_terms.page_id = page.{pk}
WHERE entry_terms.generation_id = %(generation)s AND entry_terms.language_code = %(language)s AND page.title <> ''
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
    """Measure the similarities of a generation. What the provider cannot embed is left for the next update."""
    scope = {"generation": writable.generation_id}
    rows = fetch(writable.using, LANGUAGES, {**scope, "limit": MAX_LANGUAGES})
    limit = max(SAMPLE // max(len(rows), 1), LEAST_SAMPLE)
    samples = [_draw(writable, row.language_code, limit) for row in rows]
    samples = [sample for sample in samples if sample.nothing and sample.titles]
    queries = [query for sample in samples for query in (*sample.nothing, *sample.titles)]
    if not queries:
        return
    try:
        vectors = iter([vector_literal(vector) for vector in embed_queries(writable.provider, queries)])
    except ProviderError as error:
        logger.warning("The cut-off of searches could not be calibrated, and goes by words until it is: %s", error)
        return
    measured: dict[str, tuple[list[float], list[float]]] = {}
    for sample in samples:
        background = _measure(writable, NEAREST_ANYWHERE, list(islice(vectors, len(sample.nothing))))
        titles = list(islice(vectors, len(sample.titles)))
        own = _measure(writable, NEAREST_OF_PAGE, titles, pages=sample.page_ids)
        if background and own:
            measured[sample.language_code] = background, own
    if measured:
        _save(writable, measured)


@dataclass(frozen=True, slots=True)
class _Sample:
    """What is embedded to measure the similarities of one language."""

    language_code: str
    #: Queries about nothing.
    nothing: list[str]
    #: Titles of pages, and their keys.
    titles: list[str]
    page_ids: list[PageKey]


def _draw(writable: WritableGeneration, language_code: str, limit: int) -> _Sample:
    parameters = {"generation": writable.generation_id, "language": language_code, "limit": limit}
    texts = [row.text for row in fetch(writable.using, SAMPLE_TEXTS, parameters, embedding=writable.embedding_table)]
    titles = fetch(writable.using, SAMPLE_TITLES, parameters)
    nothing = make_up_queries(texts, limit, get_analyzer(language_code, writable.settings.analyzers))
    return _Sample(language_code, nothing, [row.title for row in titles], [row.page_id for row in titles])


def _save(writable: WritableGeneration, measured: Mapping[str, tuple[list[float], list[float]]]) -> None:
    by_language = {code: _similarities(*values) for code, values in measured.items()}
    together = (sorted(chain.from_iterable(each)) for each in zip(*measured.values(), strict=True))
    generation = writable.generation
    generation.background_similarity, generation.title_similarity = _similarities(*together)
    generation.similarities_by_language = by_language if len(by_language) > 1 else {}
    generation.calibrated_page_count = generation.page_count
    generation.save(using=writable.using, update_fields=list(CALIBRATION))


def _similarities(background: Sequence[float], own: Sequence[float]) -> tuple[float, float]:
    return _quantile(background, constants.BACKGROUND_QUANTILE), _quantile(own, constants.TITLE_QUANTILE)


def make_up_queries(texts: Sequence[str], number: int, analyzer: Analyzer) -> list[str]:
    """Return queries about nothing: words as long as the site's, of the letters that the site uses. Always the same.

    Among them are words that nearly every text of the language has: a model may take the language for the subject.

    Args:
        texts: of the site.
        number: how many.
        analyzer: of the language; it cuts words, also where no spaces do.
    """
    tokens = [(text[token.start : token.end].lower(), token) for text in texts for token in analyzer.tokens(text)]
    words = [word for word, token in tokens if word.isalpha() and not token.is_stop_word]
    if not words:
        return []
    random, letters = Random(0), "".join(words)  # noqa: S311  # no secret
    common = sorted(analyzer.language.stop_words)
    gap = "" if scripts.is_cjk(letters) else " "

    def make_up_word() -> str:
        return "".join(random.choices(letters, k=min(len(random.choice(words)), 20)))

    def make_up_query() -> str:
        made = [make_up_word() for _ in range(random.randint(1, 4))]
        if common:
            made += random.choices(common, k=random.randint(1, 4))
            random.shuffle(made)
        return gap.join(made)

    return [make_up_query() for _ in range(number)]


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
