"""What a generation for the present settings is made with, and whether an existing one fits them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from ..analysis import analysis_fingerprint
from ..conf import IndexSettings
from ..content import EXTRACTION_VERSION
from ..exceptions import MissingVectorTableError, ProviderError, SettingsError
from ..models import get_vector_table
from ..providers import get_provider_for
from .private import address_digest, without_private

#: What the fingerprint covers: equal values mean interchangeable rows.
SHAPE = (
    "provider",
    "model_id",
    "dimensions",
    "vector_table",
    "chunk_words",
    "chunk_overlap",
    "extraction_version",
    "analysis",
)


def make_configuration(settings: IndexSettings) -> dict[str, Any]:
    """Return what a new generation for the present settings stores. May call the provider for its dimensions.

    Raises:
        ProviderError: the provider does not say how many dimensions it returns.
        MissingVectorTableError: no table keeps that many.
    """
    provider = get_provider_for(settings)
    return {
        **_shape(settings, provider.model_id, provider.dimensions),
        "model": settings.model,
        "options": without_private(settings.options),
        "addresses": address_digest(settings.options),
    }


def fingerprint_of(configuration: Mapping[str, Any]) -> str:
    """Return the hash over all that shapes the rows of a generation: 64 hexadecimal digits."""
    shape = {name: configuration.get(name) for name in SHAPE}
    return blake2b(json.dumps(shape, sort_keys=True).encode(), digest_size=32).hexdigest()


def fits(fingerprint: str, dimensions: int, settings: IndexSettings) -> bool:
    """Return whether an update with the present settings would continue a generation. Calls no service.

    Where only a call would tell how many dimensions the present model returns, as many as before are assumed.

    Args:
        fingerprint: of the generation.
        dimensions: of the generation.
        settings: of its index, as they are now.
    """
    try:
        provider = get_provider_for(settings)
        shape = _shape(settings, provider.model_id, provider.known_dimensions or dimensions)
    except (ProviderError, SettingsError, MissingVectorTableError, LookupError, ValueError):
        return False
    return fingerprint_of(shape) == fingerprint


#: What makes a vector: generations that agree in it can copy each other's.
VECTOR_SHAPE = ("provider", "model_id", "dimensions", "vector_table")


def has_same_vectors(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two generations have equal vectors of equal texts.

    Args:
        one: configuration of a generation.
        other: that of another.
    """
    return all(one.get(name) == other.get(name) for name in VECTOR_SHAPE)


def _shape(settings: IndexSettings, model_id: str, dimensions: int) -> dict[str, Any]:
    return {
        "provider": settings.provider,
        "model_id": model_id,
        "dimensions": dimensions,
        "vector_table": get_vector_table(dimensions, settings.vector_table)._meta.label,
        "chunk_words": settings.chunk_words,
        "chunk_overlap": settings.chunk_overlap,
        "extraction_version": EXTRACTION_VERSION,
        "analysis": analysis_fingerprint(settings.analyzers),
    }
