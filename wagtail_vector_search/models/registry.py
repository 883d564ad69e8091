"""Finds the embedding table for a number of dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps

from ..exceptions import MissingVectorTableError
from .embeddings import AbstractEmbedding


def get_vector_tables() -> list[type[AbstractEmbedding]]:
    """Return every concrete embedding model of the project, this package's own first."""
    found = [model for model in apps.get_models() if issubclass(model, AbstractEmbedding)]
    return sorted(found, key=lambda model: (model._meta.app_label != "wagtail_vector_search", model._meta.label))


def get_embedding_dimensions(model: type[AbstractEmbedding]) -> int:
    """Return the dimensions of the vectors that ``model`` keeps."""
    fields: dict[str, Any] = {field.name: field for field in model._meta.get_fields()}
    return int(fields["embedding"].dimensions)


def get_vector_table(dimensions: int, label: str = "") -> type[AbstractEmbedding]:
    """Return the model that keeps vectors of ``dimensions``.

    Args:
        dimensions: what the provider returns.
        label: ``app_label.ModelName`` to use (the setting ``VECTOR_TABLE``); empty takes the first that fits.

    Raises:
        MissingVectorTableError: there is none, with the class to paste.
    """
    candidates = [apps.get_model(label)] if label else get_vector_tables()
    for model in candidates:
        if issubclass(model, AbstractEmbedding) and get_embedding_dimensions(model) == dimensions:
            return model
    raise MissingVectorTableError(_missing_message(dimensions, label))


def get_vector_table_of(dimensions: int, configuration: Mapping[str, Any]) -> type[AbstractEmbedding]:
    """Return the model of the table that keeps the vectors of a generation.

    Raises:
        MissingVectorTableError: the project does not have it any more.
    """
    label = configuration.get("vector_table", "")
    try:
        return get_vector_table(dimensions, label)
    except (LookupError, ValueError):
        missing = f'The embedding model "{label}", which an index was built with, is not installed.'
    raise MissingVectorTableError(missing)


def find_vector_table_of(dimensions: int, configuration: Mapping[str, Any]) -> type[AbstractEmbedding] | None:
    """Return what ``get_vector_table_of`` does, and ``None`` where that raises."""
    try:
        return get_vector_table_of(dimensions, configuration)
    except MissingVectorTableError:
        return None


def _missing_message(dimensions: int, label: str) -> str:
    subject = f'"{label}" does not keep' if label else "No vector table keeps"
    return (
        f"{subject} vectors of {dimensions} dimensions. Add this to the models.py of one of your apps, "
        "then run makemigrations and migrate:\n\n"
        "from pgvector.django import HalfVectorField\n"
        "from wagtail_vector_search.models import AbstractEmbedding\n\n"
        f"class Embedding{dimensions}(AbstractEmbedding):\n"
        f"    embedding = HalfVectorField(dimensions={dimensions})"
    )
