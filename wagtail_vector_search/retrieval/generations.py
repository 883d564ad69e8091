"""The generation that serves searches, and how a query is embedded for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..conf import IndexSettings
from ..exceptions import MissingEmbeddingModelError
from ..models import AbstractPageEmbedding, get_embedding_model
from ..providers import BaseEmbeddingProvider, get_provider

#: Options that never reach the database: they are taken from the settings, where the rest comes from the generation.
_SECRET = re.compile(r"key|token|secret|password", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ServingGeneration:
    """The active generation of an index.

    Args:
        id: Primary key of its ``VectorIndex``.
        fingerprint: Hash over all that shapes its data.
        configuration: Provider, model and options that its pages were embedded with.
        dimensions: Width of its vectors.
        page_count: Number of pages in it, as last counted.
    """

    id: int
    fingerprint: str
    configuration: Mapping[str, Any]
    dimensions: int
    page_count: int

    @property
    def model(self) -> str:
        """Name of the embedding model, as its provider knows it."""
        return str(self.configuration.get("model", ""))

    def get_provider(self, settings: IndexSettings) -> BaseEmbeddingProvider:
        """Return the provider that embedded the pages, even when the settings have moved on to another.

        Raises:
            ProviderConfigurationError: it cannot be set up any more.
        """
        path = self.configuration.get("provider", settings.provider)
        options = dict(self.configuration.get("options", {}))
        if path == settings.provider:
            options |= {name: value for name, value in settings.options.items() if _SECRET.search(name)}
        return get_provider(path, self.model, options)

    def get_embedding_model(self, settings: IndexSettings) -> type[AbstractPageEmbedding]:
        """Return the table that holds the vectors: the one that the settings name, if its width is right.

        Raises:
            MissingEmbeddingModelError: there is no table of that width.
        """
        try:
            return get_embedding_model(self.dimensions, settings.embedding_model)
        except MissingEmbeddingModelError:
            return get_embedding_model(self.dimensions)
