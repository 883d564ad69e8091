"""Deletes generations that are not needed any more, without disturbing the searches that still read them."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Max, Q
from django.db.models.functions import Now

from ..conf import IndexSettings, get_all_index_settings
from ..database.execute import fetch
from ..database.hnsw import ensure_index
from ..database.tables import table_name
from ..generations.lifecycle import State, wait_for_older_transactions
from ..models import AbstractEmbedding, Entry, Generation, find_vector_table_of
from . import entry_states, limits

logger = logging.getLogger(__name__)

#: Seconds, beside its deadline, that a search may go on reading the generation that it began with.
SEARCH_SECONDS = 1.0

#: Attempts at a batch of rows that another transaction has locked.
ATTEMPTS = 20


@dataclass(slots=True)
class GenerationSize:
    """What a generation takes up."""

    index_name: str
    generation_id: int
    #: Name of its model at the provider.
    model: str
    dimensions: int
    pages: int = 0
    chunks: int = 0
    #: The table that kept its vectors; ``None`` if the project has dropped it.
    vector_table: type[AbstractEmbedding] | None = None

    @classmethod
    def of(cls, generation: Generation) -> GenerationSize:
        """Return a generation of which nothing has been counted yet."""
        table = find_vector_table_of(generation.dimensions, generation.configuration)
        model = generation.configuration.get("model", "")
        return cls(generation.index_name, generation.pk, model, generation.dimensions, vector_table=table)


def find_unneeded(using: str, index_names: Sequence[str] | None = None) -> list[Generation]:
    """Return the generations that are not needed: retired ones, and all of indexes that are not in the settings.

    Args:
        using: the database.
        index_names: only of these indexes.
    """
    configured = [settings.index_name for settings in get_all_index_settings()]
    unneeded = Generation.objects.using(using).filter(Q(state=State.RETIRED) | ~Q(index_name__in=configured))
    if index_names is not None:
        unneeded = unneeded.filter(index_name__in=index_names)
    return list(unneeded.order_by("pk"))


def measure_generation(generation: Generation, using: str) -> GenerationSize:
    """Return what a generation takes up. Two statements."""
    freed = GenerationSize.of(generation)
    freed.pages = Entry.objects.using(using).filter(generation=generation).count()
    if freed.vector_table:
        freed.chunks = freed.vector_table._base_manager.using(using).filter(generation=generation).count()
    return freed


def free_retired(settings: IndexSettings, using: str) -> list[GenerationSize]:
    """Delete the retired generations of an index, once no search reads them any more, and return what was freed."""
    retired = [g for g in find_unneeded(using, [settings.index_name]) if g.state == State.RETIRED]
    if retired:
        wait_for_searches(settings, using)
    freed = prune(retired, using)
    for vector_table in {gone.vector_table for gone in freed if gone.vector_table}:
        ensure_index(vector_table, using)
    return freed


def wait_for_searches(settings: IndexSettings, using: str) -> None:
    """Wait until the searches are over that may have begun with the generation that served before."""
    serving = Generation.objects.using(using).filter(index_name=settings.index_name, state=State.ACTIVE)
    since = serving.aggregate(since=Now() - Max("activated_at"))["since"]
    if since is not None:
        longest = max(0.0, settings.query_deadline + SEARCH_SECONDS)
        # A clock that was set back has activated the generation in the future.
        time.sleep(min(max(0.0, longest - since.total_seconds()), longest))


def prune(generations: Sequence[Generation], using: str) -> list[GenerationSize]:
    """Delete generations, a few pages at a time, and return what was freed.

    A generation that an open transaction may have read, or whose rows another transaction has locked, stays for the
    next time.

    Args:
        generations: retired, or of an index that is not in the settings.
        using: the database.
    """
    if not generations:
        return []
    # An editor's transaction that wrote entries of a generation could not be committed without it.
    if not wait_for_older_transactions(using):
        logger.warning("A transaction has been open for long. The next update deletes what it may need.")
        return []
    return [freed for generation in generations if (freed := delete_generation(generation, using))]


def delete_generation(generation: Generation, using: str) -> GenerationSize | None:
    """Delete one generation and return what was freed; ``None`` if another transaction keeps its rows locked."""
    freed = GenerationSize.of(generation)
    try:
        if freed.vector_table:  # else the rows are few enough to go with the generation
            embedding = table_name(freed.vector_table)
            pages = 1
            while pages:
                pages, chunks = delete_some_pages(generation, embedding, using)
                freed.pages += pages
                freed.chunks += chunks
            for table in (embedding, "{entry_terms}", "{term_frequency}"):
                fetch(using, f"DELETE FROM {table} WHERE generation_id = %(generation)s", {"generation": generation.pk})
        with transaction.atomic(using=using):
            fetch(using, f"SET LOCAL lock_timeout = '{entry_states.LOCK_TIMEOUT}'")
            Generation.objects.using(using).filter(pk=generation.pk).delete()
    except (OperationalError, IntegrityError):
        logger.warning("Generation %s could not be deleted now. The next update tries again.", generation.pk)
        return None
    return freed


def delete_some_pages(generation: Generation, embedding: str, using: str) -> tuple[int, int]:
    """Delete the rows of some pages, and return the numbers of pages and chunks. Gives locked rows several attempts."""
    for _ in range(ATTEMPTS - 1):
        with suppress(OperationalError):
            return entry_states.forget(generation.pk, embedding, using, limit=limits.FORGET_PAGES)
    return entry_states.forget(generation.pk, embedding, using, limit=limits.FORGET_PAGES)
