"""Generations: which one is built, which one serves, and what each was built with."""

from __future__ import annotations

import time

from django.db import transaction
from django.db.models.functions import Now

from ..conf import IndexSettings
from ..database.execute import fetch
from ..database.tables import table_name
from ..exceptions import GenerationRetiredError
from ..models import Generation
from .configuration import fingerprint_of, has_same_vectors, make_configuration

State = Generation.State


def new_generation(settings: IndexSettings) -> Generation:
    """Return an unsaved generation for the present settings.

    Raises:
        ProviderError: the provider does not say how many dimensions it returns.
        MissingVectorTableError: no table keeps that many.
    """
    configuration = make_configuration(settings)
    return Generation(
        index_name=settings.index_name,
        fingerprint=fingerprint_of(configuration),
        configuration=configuration,
        dimensions=configuration["dimensions"],
    )


def find_generation(settings: IndexSettings, using: str, *, rebuild: bool = False) -> Generation:
    """Return the generation that ``get_or_create_generation`` would, unsaved if it would be a new one."""
    return _fitting(new_generation(settings), using, rebuild=rebuild)


def get_or_create_generation(settings: IndexSettings, using: str, *, rebuild: bool = False) -> Generation:
    """Return the generation that ``update_vector_index`` works on: one that fits the settings, or a new one.

    A generation that is being built and no longer fits is retired.

    Args:
        settings: of the index.
        using: the database.
        rebuild: build a new one even beside a serving one that fits. One that is being built is continued.
    """
    wanted = new_generation(settings)  # may call the provider, so before the transaction
    with transaction.atomic(using=using):
        _lock_index(settings.index_name, using)
        fitting = _fitting(wanted, using, rebuild=rebuild)
        building = find(settings.index_name, State.BUILDING, using)
        if building and building.pk != fitting.pk:
            retire(building)
        if not fitting.pk:
            fitting.save(using=using, force_insert=True)
    return fitting


def _fitting(wanted: Generation, using: str, *, rebuild: bool) -> Generation:
    states = (State.BUILDING,) if rebuild else (State.BUILDING, State.ACTIVE)
    found = (find(wanted.index_name, state, using) for state in states)
    if fitting := next((row for row in found if row and row.fingerprint == wanted.fingerprint), None):
        return fitting
    serving = None if rebuild else find(wanted.index_name, State.ACTIVE, using)
    if serving and has_same_vectors(serving.configuration, wanted.configuration):
        wanted.take_calibration(serving)
    return wanted


WRITERS = """
SELECT DISTINCT pg_locks.virtualtransaction
FROM pg_locks
WHERE relation = %(table)s::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid <> pg_backend_pid() AND granted
"""


def wait_for_older_transactions(using: str, *, seconds: float = 60) -> bool:
    """Wait until every transaction that may have looked for generations before this moment is over.

    An editor's transaction that began before a generation existed has not asked for its pages to be indexed in it,
    and what it saves cannot be seen before it commits.

    Returns:
        Whether all of them are over.
    """
    parameters = {"table": table_name(Generation)}
    older = set(fetch(using, WRITERS, parameters))
    until = time.monotonic() + seconds
    while older and time.monotonic() < until:
        time.sleep(0.05)
        older &= set(fetch(using, WRITERS, parameters))
    return not older


def activate(generation: Generation) -> bool:
    """Let a generation that was being built serve, in place of the one that does now, in one transaction.

    Returns:
        Whether it was activated now: false if another process activated it first.

    Raises:
        GenerationRetiredError: another process retired it meanwhile.
    """
    using = str(generation._state.db)
    with transaction.atomic(using=using):
        _lock_index(generation.index_name, using)
        check_wanted(generation)
        if generation.state == State.ACTIVE:
            return False
        if serving := find(generation.index_name, State.ACTIVE, using):
            retire(serving)
        rows = Generation.objects.using(using).filter(pk=generation.pk)
        rows.update(state=State.ACTIVE, activated_at=Now())
        generation.refresh_from_db(using=using, fields=["state", "activated_at"])
    return True


def check_wanted(generation: Generation) -> None:
    """Read again whether a generation serves or is being built.

    Raises:
        GenerationRetiredError: neither, because another process retired it.
    """
    rows = Generation.objects.using(generation._state.db).filter(pk=generation.pk)
    state = rows.values_list("state", flat=True).first()
    if state in (None, State.RETIRED):
        raise GenerationRetiredError
    generation.state = state


def abandon(index_name: str, using: str) -> Generation | None:
    """Give up the generation that is being built, and return it; ``None`` if there is none. What serves stays."""
    with transaction.atomic(using=using):
        _lock_index(index_name, using)
        if building := find(index_name, State.BUILDING, using):
            retire(building)
    return building


def find(index_name: str, state: str, using: str) -> Generation | None:
    """Return the one generation of an index in a state: being built or serving."""
    return Generation.objects.using(using).filter(index_name=index_name, state=state).first()


def retire(generation: Generation) -> None:
    """Give up a generation. ``pruning`` deletes it."""
    generation.state = State.RETIRED
    generation.save(update_fields=["state"])


def _lock_index(index_name: str, using: str) -> None:
    """Serialise the transactions that create or switch generations of one index."""
    # Another project may have the same tables in another schema of the database: its locks are its own.
    parameters = {"name": f"wagtail_vector_search:{index_name}", "table": table_name(Generation)}
    fetch(
        using, "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, %(table)s::regclass::oid::bigint))", parameters
    )
