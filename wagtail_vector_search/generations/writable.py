"""One generation as something to write into: its table, its provider, and the settings it was built with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Case, Value, When

from ..conf import IndexSettings, get_all_index_settings
from ..database.execute import fetch
from ..database.tables import table_name
from ..models import AbstractEmbedding, Generation, get_vector_table_of
from ..providers import BaseEmbeddingProvider
from .configuration import has_same_vectors
from .former import get_provider_of, settings_of

State = Generation.State


@dataclass(frozen=True)
class WritableGeneration:
    """One generation, and everything needed to write into it."""

    generation: Generation
    #: The settings of its index, as they are now.
    configured: IndexSettings
    #: The database.
    using: str
    #: Whether the HNSW index is dropped while the table is filled.
    without_hnsw: bool = False

    @cached_property
    def settings(self) -> IndexSettings:
        """The settings, with the model and the chunking that the generation was built with."""
        return settings_of(self.generation.configuration, self.configured)

    @cached_property
    def provider(self) -> BaseEmbeddingProvider:
        """The provider that embeds for this generation.

        Raises:
            ProviderConfigurationError: it cannot be set up any more.
        """
        return get_provider_of(self.generation.configuration, self.configured)

    @cached_property
    def vector_table(self) -> type[AbstractEmbedding]:
        """The model that keeps its vectors."""
        return get_vector_table_of(self.generation.dimensions, self.generation.configuration)

    @cached_property
    def embedding_table(self) -> str:
        """The quoted name of the table that keeps its vectors."""
        return table_name(self.vector_table)

    @cached_property
    def donor_id(self) -> int | None:
        """The generation that serves, where this one is being built beside it with the same model. One statement.

        A rebuild with unchanged settings makes its vectors itself.
        """
        if self.generation.state != State.BUILDING:
            return None
        serving = Generation.objects.using(self.using).filter(index_name=self.generation.index_name, state=State.ACTIVE)
        donor = serving.exclude(fingerprint=self.generation.fingerprint).first()
        is_alike = donor is not None and has_same_vectors(donor.configuration, self.generation.configuration)
        return donor.pk if donor is not None and is_alike else None

    @property
    def generation_id(self) -> int:
        """Primary key of the generation; 0, which no row has, while it is not saved."""
        return self.generation.pk or 0

    def commit_asynchronously(self) -> None:
        """Let this transaction end before it is on disk, if the generation is being built. One statement then.

        A crash of the server may lose the last second of such commits; those pages are claimed again. What an editor
        commits, and the switch to this generation, waits for everything before it.
        """
        if self.generation.state == State.BUILDING:
            fetch(self.using, "SET LOCAL synchronous_commit = off")


def get_writable_generations(using: str, generation_ids: list[int] | None = None) -> list[WritableGeneration]:
    """Return the generations of configured indexes that follow the site: being built, or serving (these first)."""
    configured = {settings.index_name: settings for settings in get_all_index_settings()}
    generations = Generation.objects.using(using).filter(
        index_name__in=configured, state__in=(State.BUILDING, State.ACTIVE)
    )
    if generation_ids is not None:
        generations = generations.filter(pk__in=generation_ids)
    serving_first = Case(When(state=State.ACTIVE, then=Value(0)), default=Value(1))
    return [
        WritableGeneration(generation, configured[generation.index_name], using)
        for generation in generations.order_by(serving_first, "pk")
    ]
