"""Finds the embedding table for a number of dimensions."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from ..exceptions import MissingEmbeddingModelError
from .embeddings import AbstractPageEmbedding


def get_embedding_models() -> list[type[AbstractPageEmbedding]]:
    """Return every concrete embedding model of the project, this package's own first."""
    found = [model for model in apps.get_models() if issubclass(model, AbstractPageEmbedding)]
    return sorted(found, key=lambda model: (model._meta.app_label != "wagtail_vector_search", model._meta.label))


def get_embedding_dimensions(model: type[AbstractPageEmbedding]) -> int:
    """Return the dimensions of the vectors that ``model`` keeps."""
    fields: dict[str, Any] = {field.name: field for field in model._meta.get_fields()}
    return int(fields["embedding"].dimensions)


def get_embedding_model(dimensions: int, label: str = "") -> type[AbstractPageEmbedding]:
    """Return the model that keeps vectors of ``dimensions``.

    Args:
        dimensions: what the provider returns.
        label: ``app_label.ModelName`` to use (the setting ``EMBEDDING_MODEL``); empty takes the first that fits.

    Raises:
        MissingEmbeddingModelError: there is none, with the class to paste.
    """
    candidates = [apps.get_model(label)] if label else get_embedding_models()
    for model in candidates:
        if issubclass(model, AbstractPageEmbedding) and get_embedding_dimensions(model) == dimensions:
            return model
    raise MissingEmbeddingModelError(_missing_message(dimensions, label))


def _missing_message(dimensions: int, label: str) -> str:
    subject = f'"{label}" does not keep' if label else "No embedding model keeps"
    return (
        f"{subject} vectors of {dimensions} dimensions. Add this to the models.py of one of your apps, "
        "then run makemigrations and migrate:\n\n"
        "from pgvector.django import HalfVectorField\n"
        "from wagtail_vector_search.models import AbstractPageEmbedding\n\n"
        f"class PageEmbedding{dimensions}(AbstractPageEmbedding):\n"
        f"    embedding = HalfVectorField(dimensions={dimensions})"
    )
