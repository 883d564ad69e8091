"""The generation that serves searches, and how a query is embedded for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..conf import IndexSettings
from ..models import AbstractEmbedding, find_vector_table_of, get_vector_table_of
from ..providers import BaseEmbeddingProvider
from ..ranking.formulas import is_blind
from .former import get_provider_of


@dataclass(frozen=True, slots=True)
class ServingGeneration:
    """The active generation of an index."""

    #: Primary key of its ``Generation``.
    id: int
    #: Hash over all that shapes its data.
    fingerprint: str
    #: Provider, model and options that its pages were embedded with.
    configuration: Mapping[str, Any]
    #: Width of its vectors.
    dimensions: int
    #: Number of pages in it, as last counted.
    page_count: int
    #: Cosine similarity that a query about nothing reaches at most; ``None`` if not measured.
    background_similarity: float | None = None
    #: Cosine similarity of a page to its title, as a rule; ``None`` if not measured.
    title_similarity: float | None = None
    #: When it was made. With ``id`` that tells it from the generations of other databases and tenants.
    created_at: datetime | None = None

    @property
    def model(self) -> str:
        """Name of the embedding model, as its provider knows it."""
        return str(self.configuration.get("model", ""))

    @property
    def is_blind(self) -> bool:
        """Whether its model does not know the language of the pages searched."""
        background, title = self.background_similarity, self.title_similarity
        return background is not None and title is not None and is_blind(background, title)

    @property
    def has_table(self) -> bool:
        """Whether the table of its vectors is still among the models of the project."""
        return find_vector_table_of(self.dimensions, self.configuration) is not None

    def get_provider(self, settings: IndexSettings) -> BaseEmbeddingProvider:
        """Return a provider of the model that embedded the pages, even when the settings have moved on to another.

        Raises:
            ProviderConfigurationError: it cannot be set up any more.
        """
        return get_provider_of(self.configuration, settings)

    def get_vector_table(self) -> type[AbstractEmbedding]:
        """Return the table that holds the vectors.

        Raises:
            MissingVectorTableError: there is no such table any more.
        """
        return get_vector_table_of(self.dimensions, self.configuration)
