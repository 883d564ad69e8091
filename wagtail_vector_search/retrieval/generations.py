"""The generation that serves searches, and how a query is embedded for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..conf import IndexSettings
from ..exceptions import MissingEmbeddingModelError
from ..models import AbstractPageEmbedding, get_embedding_model
from ..providers import BaseEmbeddingProvider, get_provider, get_provider_for

#: Options that never reach the database: they are taken from the settings, where the rest comes from the generation.
_SECRET = re.compile(r"key|token|secret|password|credential|authorization", re.IGNORECASE)


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
        """Return a provider of the model that embedded the pages, even when the settings have moved on to another.

        Raises:
            ProviderConfigurationError: it cannot be set up any more.
        """
        path, options = self.configuration.get("provider", settings.provider), self.configuration.get("options", {})
        secrets: dict[str, Any] = {}
        if path == settings.provider:
            present = get_provider_for(settings)
            if self._is_embedded_by(present, options):
                return present
            secrets = {name: value for name, value in settings.options.items() if _SECRET.search(name)}
        return get_provider(path, self.model, {**secrets, **options})

    def _is_embedded_by(self, provider: BaseEmbeddingProvider, options: Mapping[str, Any]) -> bool:
        """Whether a provider makes the vectors of this generation; its width is not asked, which may cost a call."""
        same_model = self.configuration.get("model_id", self.model) == provider.model_id
        return same_model and options.get("dimensions") == provider.options.get("dimensions")

    def get_embedding_model(self, settings: IndexSettings) -> type[AbstractPageEmbedding]:
        """Return the table that holds the vectors.

        Raises:
            MissingEmbeddingModelError: there is no table of that width any more.
        """
        for label in (self.configuration.get("embedding_model", ""), settings.embedding_model):
            with suppress(LookupError, MissingEmbeddingModelError):
                return get_embedding_model(self.dimensions, label)
        return get_embedding_model(self.dimensions)
