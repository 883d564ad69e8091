"""One generation as something to write into: its table, its provider, and the settings it was built with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Case, Value, When

from ..conf import IndexSettings, get_all_index_settings
from ..models import AbstractPageEmbedding, VectorIndex, get_embedding_model
from ..providers import BaseEmbeddingProvider, get_provider_for
from .database import table_name

State = VectorIndex.State

#: Options whose name holds one of these words are never stored.
_SECRET_WORDS = ("key", "token", "secret", "password", "credential", "authorization")


@dataclass(frozen=True)
class Target:
    """One generation, and everything needed to write into it.

    Args:
        generation: the row.
        settings: the settings of its alias, with the model and the chunking that the generation was built with.
        using: the database.
    """

    generation: VectorIndex
    settings: IndexSettings
    using: str

    @cached_property
    def provider(self) -> BaseEmbeddingProvider:
        """The provider that embeds for this generation."""
        return get_provider_for(self.settings)

    @cached_property
    def embedding_model(self) -> type[AbstractPageEmbedding]:
        """The model that keeps its vectors."""
        return get_embedding_model(self.generation.dimensions, self.settings.embedding_model)

    @cached_property
    def embedding_table(self) -> str:
        """The quoted name of the table that keeps its vectors."""
        return table_name(self.embedding_model, self.using)

    @property
    def index_id(self) -> int:
        """Primary key of the generation; 0, which no row has, while it is not saved."""
        return self.generation.pk or 0


def get_targets(using: str, index_ids: list[int] | None = None) -> list[Target]:
    """Return the generations of configured indexes that follow the site: being built, or serving (these first)."""
    configured = {settings.alias: settings for settings in get_all_index_settings()}
    generations = VectorIndex.objects.using(using).filter(
        alias__in=configured, state__in=(State.BUILDING, State.ACTIVE)
    )
    if index_ids is not None:
        generations = generations.filter(pk__in=index_ids)
    serving_first = Case(When(state=State.ACTIVE, then=Value(0)), default=Value(1))
    return [
        Target(generation, settings_of(generation, configured[generation.alias]), using)
        for generation in generations.order_by(serving_first, "pk")
    ]


def settings_of(generation: VectorIndex, settings: IndexSettings) -> IndexSettings:
    """Return settings with the model and the chunking that a generation was built with.

    Keys are not stored with a generation; they are taken from the present settings.
    """
    built_with = generation.configuration
    names = ("provider", "model", "embedding_model", "chunk_words", "chunk_overlap")
    kept = {name: built_with[name] for name in names if name in built_with}
    options = built_with.get("options", {})
    if kept.get("provider") != settings.provider:
        kept["options"] = options
    elif not _is_same_model(built_with, settings):
        kept["options"] = {**_secrets(settings.options), **options}
    return replace(settings, **kept)


def _is_same_model(built_with: Mapping[str, Any], settings: IndexSettings) -> bool:
    # The width of the present model is not asked: that may cost a call.
    present = get_provider_for(settings)
    declared = built_with.get("options", {}).get("dimensions")
    return built_with.get("model_id") == present.model_id and declared == settings.options.get("dimensions")


def without_secrets(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as JSON can keep them, without those that are named like a key or a password."""
    plain = {
        name: without_secrets(value) if isinstance(value, Mapping) else value
        for name, value in options.items()
        if not _is_secret(name, value)
    }
    return json.loads(json.dumps(plain, default=repr))


def _secrets(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if _is_secret(name, value)}


def _is_secret(name: str, value: Any) -> bool:
    # A number is a limit, such as max_batch_tokens.
    return any(word in name.lower() for word in _SECRET_WORDS) and not isinstance(value, (int, float))
