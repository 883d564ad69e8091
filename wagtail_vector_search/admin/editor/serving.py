"""The index that the panel is about: the one that serves the searches of the site."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections, router

from ...conf import DEFAULT_ALIAS, IndexSettings, get_all_index_settings
from ...generation_settings import find_embedding_model_of
from ...indexing.target import Target
from ...models import VectorIndex


def find_serving() -> Target | None:
    """Return the generation that serves; ``None`` where the database has no vectors, or no index has been built."""
    using = router.db_for_read(VectorIndex) or DEFAULT_DB_ALIAS
    if connections[using].vendor != "postgresql":
        return None
    settings = _settings()
    active = VectorIndex.objects.using(using).filter(alias=settings.alias, state=VectorIndex.State.ACTIVE)
    generation = active.first()
    if generation is None or find_embedding_model_of(generation.dimensions, generation.configuration) is None:
        return None
    return Target(generation, settings, using)


def _settings() -> IndexSettings:
    by_alias = {settings.alias: settings for settings in get_all_index_settings()}
    return by_alias.get(DEFAULT_ALIAS) or next(iter(by_alias.values()))
