"""The settings and the provider that a generation was built with, even after the settings have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..conf import IndexSettings
from ..exceptions import ProviderConfigurationError, ProviderError
from ..providers import BaseEmbeddingProvider, get_provider_for
from .private import address_digest, only_private, with_private


def settings_of(configuration: Mapping[str, Any], settings: IndexSettings) -> IndexSettings:
    """Return settings with the provider, model, options and chunking that a generation was built with.

    A model that is still the present one is used as the settings say now: with new keys, limits and query prefix.

    Args:
        configuration: of the generation.
        settings: of its index, as they are now.
    """
    names = ["vector_table", "chunk_words", "chunk_overlap"]
    if not _is_present_model(configuration, settings):
        names += ["provider", "model"]
    kept = {name: configuration[name] for name in names if name in configuration}
    if "provider" in kept:
        kept["options"] = with_private(configuration.get("options", {}), _private_options(configuration, settings))
    return replace(settings, **kept)


def get_provider_of(configuration: Mapping[str, Any], settings: IndexSettings) -> BaseEmbeddingProvider:
    """Return the provider of the model that embedded the pages of a generation.

    Args:
        configuration: of the generation.
        settings: of its index, as they are now.

    Raises:
        ProviderConfigurationError: it cannot be set up any more.
    """
    former = settings_of(configuration, settings)
    address = address_digest(_private_options(configuration, settings))
    if configuration.get("addresses", "") != address and not _is_present_model(configuration, settings):
        # The service at the present address may return vectors of another model, and nothing would tell them apart.
        raise ProviderConfigurationError(
            f'The model "{former.model}", which the index "{settings.index_name}" was built with, was reached at '
            "another address than the settings hold now. Run: python manage.py update_vector_index"
        )
    return get_provider_for(former)


def _is_present_model(configuration: Mapping[str, Any], settings: IndexSettings) -> bool:
    """Whether the model in the settings is the one that made the vectors of a generation."""
    if configuration.get("provider", settings.provider) != settings.provider:
        return False
    try:
        present = get_provider_for(settings)
    except ProviderError:
        return False
    # Asking for the width may cost a call. A declared width may be sent to the model, and makes it a different one.
    declared = configuration.get("options", {}).get("dimensions")
    model_id = configuration.get("model_id", present.model_id)
    return bool(model_id == present.model_id and declared == settings.options.get("dimensions"))


def _private_options(configuration: Mapping[str, Any], settings: IndexSettings) -> dict[str, Any]:
    """Return the keys and addresses for a former model: those of its own provider, and of no other."""
    provider, previous = configuration.get("provider"), settings.previous_provider
    if previous and provider == previous.get("PROVIDER", settings.provider):
        return only_private(previous.get("OPTIONS", {}))
    return only_private(settings.options) if provider == settings.provider else {}
