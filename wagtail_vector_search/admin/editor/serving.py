"""The index that the panel is about: the one that serves the searches of the site."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections, router

from ...conf import DEFAULT_INDEX, IndexSettings, get_all_index_settings
from ...generations.writable import WritableGeneration
from ...models import Generation, find_vector_table_of


def find_serving() -> WritableGeneration | None:
    """Return the generation that serves; ``None`` where the database has no vectors, or no index has been built."""
    using = router.db_for_read(Generation) or DEFAULT_DB_ALIAS
    if connections[using].vendor != "postgresql":
        return None
    settings = _settings()
    active = Generation.objects.using(using).filter(index_name=settings.index_name, state=Generation.State.ACTIVE)
    generation = active.first()
    if generation is None or find_vector_table_of(generation.dimensions, generation.configuration) is None:
        return None
    return WritableGeneration(generation, settings, using)


def _settings() -> IndexSettings:
    by_name = {settings.index_name: settings for settings in get_all_index_settings()}
    return by_name.get(DEFAULT_INDEX) or next(iter(by_name.values()))
