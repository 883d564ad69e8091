"""``update_vector_index --abandon`` and ``--prune``: what becomes of generations, without indexing anything."""

from __future__ import annotations

from collections.abc import Sequence

from ..conf import IndexSettings, get_all_index_settings
from ..generations.lifecycle import abandon, find
from ..indexing.pruning import (
    GenerationSize,
    find_unneeded,
    free_retired,
    measure_generation,
    prune,
    wait_for_searches,
)
from ..models import Generation
from .terminal import TalkativeCommand


def abandon_index(command: TalkativeCommand, settings: IndexSettings, using: str, *, dry_run: bool) -> None:
    """Give up the generation that is being built for an index, and say what goes on serving."""
    building = find(settings.index_name, Generation.State.BUILDING, using)
    if building is None:
        command.say(f'Index "{settings.index_name}": no generation is being built.')
        return
    freed = measure_generation(building, using)
    if not dry_run:
        abandon(settings.index_name, using)
        free_retired(settings, using)
    given_up = "would be given up. Nothing was changed." if dry_run else "is given up."
    command.say(f'Index "{settings.index_name}": {_name(freed)}, {given_up}')
    command.say(_what_serves(settings, using))


def prune_indexes(command: TalkativeCommand, index_name: str | None, using: str, *, dry_run: bool) -> bool:
    """Delete the generations that nobody needs, and say what was freed.

    Args:
        command: prints.
        index_name: only of this index, which need not be in the settings any more.
        using: the database.
        dry_run: only say what would be deleted.

    Returns:
        Whether all of them are gone.
    """
    unneeded = find_unneeded(using, [index_name] if index_name else None)
    if not unneeded:
        command.say("There is nothing to delete.")
    elif dry_run:
        _tell(command, [measure_generation(generation, using) for generation in unneeded], "would be deleted")
        command.say("Nothing was changed.")
    else:
        return _delete(command, unneeded, using)
    return True


def _delete(command: TalkativeCommand, unneeded: Sequence[Generation], using: str) -> bool:
    for settings in get_all_index_settings():
        wait_for_searches(settings, using)
    freed = prune(unneeded, using)
    _tell(command, freed, "deleted")
    if left := len(unneeded) - len(freed):
        command.stderr.write(f"{left} generation(s) are in use and could not be deleted. Run the same command again.")
    return not left


def _tell(command: TalkativeCommand, freed: Sequence[GenerationSize], verb: str) -> None:
    for entry in freed:
        command.say(f'Index "{entry.index_name}": {_name(entry)}, {verb}.')


def _name(freed: GenerationSize) -> str:
    return (
        f"generation {freed.generation_id} ({freed.model}, {freed.dimensions} dimensions), "
        f"{freed.pages:,} pages with {freed.chunks:,} chunks"
    )


def _what_serves(settings: IndexSettings, using: str) -> str:
    serving = find(settings.index_name, Generation.State.ACTIVE, using)
    if serving is None:
        return "No generation serves: searches are answered by keywords alone."
    name = serving.configuration.get("model", "")
    return f"Generation {serving.pk} ({name}, {serving.dimensions} dimensions) goes on serving."
