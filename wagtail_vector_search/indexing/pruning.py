"""Deletes generations that nobody reads any more, so that nobody who still does is disturbed."""

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
from ..generations import find_vector_table_of
from ..generations.lifecycle import State, wait_for_older_transactions
from ..models import AbstractEmbedding, Entry, Generation
from . import entry_states, limits

logger = logging.getLogger(__name__)

#: Seconds, beside its deadline, that a search has to read to its end the generation that it began with.
SEARCH_SECONDS = 1.0

#: How often a batch of rows is tried that somebody else has locked.
ATTEMPTS = 20


@dataclass(slots=True)
class Freed:
    """One generation that is gone, or would go."""

    index_name: str
    generation_id: int
    #: Name of its embedding model.
    name: str
    dimensions: int
    pages: int = 0
    chunks: int = 0
    #: The table that kept its vectors; ``None`` if the project has dropped it.
    vector_table: type[AbstractEmbedding] | None = None


def find_unneeded(using: str, index_names: Sequence[str] | None = None) -> list[Generation]:
    """Return the generations that nobody needs: retired ones, and all of indexes that are not in the settings.

    Args:
        using: the database.
        index_name: only of these indexes.
    """
    configured = [settings.index_name for settings in get_all_index_settings()]
    unneeded = Generation.objects.using(using).filter(Q(state=State.RETIRED) | ~Q(index_name__in=configured))
    if index_names is not None:
        unneeded = unneeded.filter(index_name__in=index_names)
    return list(unneeded.order_by("pk"))


def describe(generation: Generation, using: str) -> Freed:
    """Return what would be freed with a generation."""
    freed = _nothing_of(generation)
    freed.pages = Entry.objects.using(using).filter(generation=generation).count()
    if freed.vector_table:
        freed.chunks = freed.vector_table._base_manager.using(using).filter(generation=generation).count()
    return freed


def free_retired(settings: IndexSettings, using: str) -> list[Freed]:
    """Delete the retired generations of an index, once no search reads them any more; return what was freed."""
    retired = [g for g in find_unneeded(using, [settings.index_name]) if g.state == State.RETIRED]
    if retired:
        wait_for_searches(settings, using)
    freed = prune(retired, using)
    for model in {entry.vector_table for entry in freed if entry.vector_table}:
        ensure_index(model, using)
    return freed


def wait_for_searches(settings: IndexSettings, using: str) -> None:
    """Wait until every search is over that may have begun with the generation that served before."""
    serving = Generation.objects.using(using).filter(index_name=settings.index_name, state=State.ACTIVE)
    since = serving.aggregate(since=Now() - Max("activated_at"))["since"]
    if since is not None:
        time.sleep(max(0.0, settings.query_deadline + SEARCH_SECONDS - since.total_seconds()))


def prune(generations: Sequence[Generation], using: str) -> list[Freed]:
    """Delete generations, a few pages at a time, and return what was freed.

    One that an open transaction may have read of, or whose rows somebody keeps locked, is left for the next time.

    Args:
        generations: retired, or of an index that is not in the settings.
        using: the database.
    """
    if not generations:
        return []
    # An editor's transaction that wrote rows of a generation could not be committed without it.
    if not wait_for_older_transactions(using):
        logger.warning("A transaction has been open for long. What it may need is deleted by the next update.")
        return []
    return [freed for generation in generations if (freed := delete_generation(generation, using))]


def delete_generation(generation: Generation, using: str) -> Freed | None:
    freed = _nothing_of(generation)
    try:
        _delete_rows(generation, freed, using)
        with transaction.atomic(using=using):
            fetch(using, "SET LOCAL lock_timeout = '500ms'", {})
            Generation.objects.using(using).filter(pk=generation.pk).delete()
    except (OperationalError, IntegrityError):
        logger.warning("Generation %s could not be deleted now. The next update tries again.", generation.pk)
        return None
    return freed


def _delete_rows(generation: Generation, freed: Freed, using: str) -> None:
    if freed.vector_table is None:
        return  # the rest is few enough to go in one statement
    embedding = table_name(freed.vector_table)
    pages = 1
    while pages:
        pages, chunks = delete_some_pages(generation, embedding, using)
        freed.pages += pages
        freed.chunks += chunks
    for table in (embedding, "{entry_terms}", "{term_frequency}"):
        fetch(using, f"DELETE FROM {table} WHERE generation_id = %(generation)s", {"generation": generation.pk})


def delete_some_pages(generation: Generation, embedding: str, using: str) -> tuple[int, int]:
    """Delete the rows of some pages. Who deletes pages may wait for it, so it does not wait for long itself."""
    for _ in range(ATTEMPTS - 1):
        with suppress(OperationalError):
            return _try_to_delete_some(generation, embedding, using)
    return _try_to_delete_some(generation, embedding, using)


def _try_to_delete_some(generation: Generation, embedding: str, using: str) -> tuple[int, int]:
    with transaction.atomic(using=using):
        fetch(using, "SET LOCAL lock_timeout = '500ms'", {})
        return entry_states.forget(generation.pk, embedding, using, limit=limits.FORGET_PAGES)


def _nothing_of(generation: Generation) -> Freed:
    return Freed(
        generation.index_name,
        generation.pk,
        generation.configuration.get("model", ""),
        generation.dimensions,
        vector_table=find_vector_table_of(generation.dimensions, generation.configuration),
    )
