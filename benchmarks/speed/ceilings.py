"""Upper bounds for the speed of indexing: the provider alone, and loading finished rows by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.models import AbstractEmbedding, Generation, get_vector_table
from wagtail_vector_search.providers import get_provider_for

from .timing import time_call

#: Pages that are embedded and copied: enough for a rate.
SAMPLE = 10_000
#: Texts embedded at a time, as an update does.
BATCH = 500
COPY = "wagtail_vector_search_bench_copy"


@dataclass(frozen=True, slots=True)
class Ceilings:
    """Pages a second."""

    chunks_per_page: float
    provider: float
    copy: float
    #: Copying, and then building the HNSW index.
    copy_and_index: float
    #: Embedding with the model's own library.
    embedding_by_hand: float

    @property
    def by_hand(self) -> float:
        """Embedding, then copying, then building the HNSW index, one after the other."""
        return 1 / (1 / self.embedding_by_hand + 1 / self.copy_and_index)


def measure_ceilings() -> Ceilings:
    """Measure on the pages that are indexed."""
    generation = Generation.objects.get(state=Generation.State.ACTIVE)
    model = get_vector_table(generation.dimensions)
    chosen = list(model._default_manager.values_list("page_id", flat=True).distinct().order_by("page_id")[:SAMPLE])
    texts = list(model._default_manager.filter(page_id__lte=chosen[-1]).values_list("text", flat=True))
    copy, index = _measure_copy(model, chosen[-1])
    pages = len(chosen)
    provider = get_provider_for(get_index_settings())
    with_provider = _embed(provider.embed_documents, texts)
    by_hand = _embed(_library(), texts) if provider.model == "wordllama" else with_provider
    return Ceilings(len(texts) / pages, pages / with_provider, pages / copy, pages / (copy + index), pages / by_hand)


def _embed(embed: Callable[[list[str]], object], texts: list[str]) -> float:
    """Return the seconds that it takes to embed texts."""
    embed(texts[:BATCH])
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    return time_call(lambda: [embed(batch) for batch in batches]) / 1000


def _library() -> Callable[[list[str]], object]:
    """Return wordllama's own function, which our provider does not use."""
    import wordllama

    folder = Path(wordllama.__file__).parent
    embed: Callable[[list[str]], object] = wordllama.WordLlama.load(cache_dir=folder, disable_download=True).embed
    return embed


def _measure_copy(model: type[AbstractEmbedding], last: Any) -> tuple[float, float]:
    """Return the seconds that COPY takes into an empty table, and those that its HNSW index takes."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY (SELECT * FROM {table} WHERE page_id <= {last}) TO STDOUT (FORMAT BINARY)") as source:
            rows = [bytes(block) for block in source]
        cursor.execute(f"CREATE TABLE {COPY} (LIKE {table})")

        def load() -> None:
            with cursor.copy(f"COPY {COPY} FROM STDIN (FORMAT BINARY)") as target:
                for block in rows:
                    target.write(block)

        def index() -> None:
            cursor.execute(
                f"CREATE INDEX ON {COPY} USING hnsw (embedding halfvec_cosine_ops) WITH (m = 16, ef_construction = 200)"
            )

        times = time_call(load) / 1000, time_call(index) / 1000
        cursor.execute(f"DROP TABLE {COPY}")
    return times
