"""The vector tables, one per dimension, and the look-up of the one to use. The database refuses other dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from pgvector.django import HalfVectorField, HnswIndex

from ..exceptions import MissingVectorTableError
from .generations import Generation
from .pages import GoesWithPage, page_key

#: The most dimensions that pgvector's HNSW index takes of a ``halfvec``. (Of a ``vector`` it is 2,000.)
MAX_DIMENSIONS = 4000


class AbstractEmbedding(models.Model):
    """One chunk of one page in one generation, with its vector.

    For a dimension that this package has no table for, subclass this in your own app and add
    ``embedding = HalfVectorField(dimensions=N)``.
    """

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="+", db_index=False)
    page = page_key(db_index=False)
    #: Place of the chunk on its page, from 0.
    position = models.PositiveIntegerField()
    heading = models.TextField(blank=True)
    anchor = models.TextField(blank=True)
    text = models.TextField()
    #: Hash of what the model saw; a chunk whose hash stays keeps its vector.
    text_hash = models.CharField(max_length=32)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        abstract = True
        default_permissions = ()
        constraints: ClassVar = [GoesWithPage(name="wvs_%(class)s_goes_with_page")]
        indexes: ClassVar = [
            models.Index(fields=["page", "generation"], name="wvs_%(class)s_page"),
            HnswIndex(
                fields=["embedding"],
                m=16,
                ef_construction=200,
                opclasses=["halfvec_cosine_ops"],
                name="wvs_%(class)s_hnsw",
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.page_id}, chunk {self.position}"


class Embedding256(AbstractEmbedding):
    """Chunks embedded in 256 dimensions."""

    embedding = HalfVectorField(dimensions=256)


class Embedding384(AbstractEmbedding):
    """Chunks embedded in 384 dimensions."""

    embedding = HalfVectorField(dimensions=384)


class Embedding512(AbstractEmbedding):
    """Chunks embedded in 512 dimensions."""

    embedding = HalfVectorField(dimensions=512)


class Embedding768(AbstractEmbedding):
    """Chunks embedded in 768 dimensions."""

    embedding = HalfVectorField(dimensions=768)


class Embedding1024(AbstractEmbedding):
    """Chunks embedded in 1,024 dimensions."""

    embedding = HalfVectorField(dimensions=1024)


class Embedding1536(AbstractEmbedding):
    """Chunks embedded in 1,536 dimensions."""

    embedding = HalfVectorField(dimensions=1536)


class Embedding3072(AbstractEmbedding):
    """Chunks embedded in 3,072 dimensions."""

    embedding = HalfVectorField(dimensions=3072)


def get_vector_tables() -> list[type[AbstractEmbedding]]:
    """Return every vector table of the project, this package's own first."""
    found = [model for model in apps.get_models() if issubclass(model, AbstractEmbedding)]
    return sorted(found, key=lambda model: (model._meta.app_label != "wagtail_vector_search", model._meta.label))


def get_embedding_dimensions(model: type[AbstractEmbedding]) -> int:
    """Return the dimensions of the vectors in a vector table."""
    fields: dict[str, Any] = {field.name: field for field in model._meta.get_fields()}
    return int(fields["embedding"].dimensions)


def get_vector_table(dimensions: int, label: str = "") -> type[AbstractEmbedding]:
    """Return the vector table for vectors of ``dimensions``.

    Args:
        dimensions: what the provider returns.
        label: ``app_label.ModelName`` to use (the setting ``VECTOR_TABLE``); empty takes the first that fits.

    Raises:
        MissingVectorTableError: there is none; the message has the class to paste, or says that there can be none.
    """
    if dimensions > MAX_DIMENSIONS:
        raise MissingVectorTableError(describe_too_many(dimensions))
    candidates = [apps.get_model(label)] if label else get_vector_tables()
    for model in candidates:
        if issubclass(model, AbstractEmbedding) and get_embedding_dimensions(model) == dimensions:
            return model
    subject = f'"{label}" does not keep' if label else "No vector table keeps"
    raise MissingVectorTableError(
        f"{subject} vectors of {dimensions} dimensions. Add this to the models.py of one of your apps, "
        "then run makemigrations and migrate:\n\n"
        "from pgvector.django import HalfVectorField\n"
        "from wagtail_vector_search.models import AbstractEmbedding\n\n"
        f"class Embedding{dimensions}(AbstractEmbedding):\n"
        f"    embedding = HalfVectorField(dimensions={dimensions})"
    )


def describe_too_many(dimensions: int) -> str:
    """Return why no table can keep vectors of so many dimensions, and what to do."""
    kept = ", ".join(str(get_embedding_dimensions(model)) for model in get_vector_tables())
    return (
        f"pgvector can index up to {MAX_DIMENSIONS:,} dimensions (halfvec with HNSW), not {dimensions:,}, and the "
        "migration would fail. Choose a model with fewer dimensions, or a variant or an option of this one that "
        'returns fewer: a service that is asked for "dimensions" of 1024, or a name such as "3-large-1024". '
        f"There are tables for {kept}."
    )


def get_vector_table_of(dimensions: int, configuration: Mapping[str, Any]) -> type[AbstractEmbedding]:
    """Return the vector table of a generation.

    Raises:
        MissingVectorTableError: the project does not have it any more.
    """
    label = configuration.get("vector_table", "")
    try:
        return get_vector_table(dimensions, label)
    except (LookupError, ValueError):
        missing = f'The vector table "{label}", which an index was built with, is not installed.'
    raise MissingVectorTableError(missing)


def find_vector_table_of(dimensions: int, configuration: Mapping[str, Any]) -> type[AbstractEmbedding] | None:
    """Return what ``get_vector_table_of`` does, and ``None`` where that raises."""
    try:
        return get_vector_table_of(dimensions, configuration)
    except MissingVectorTableError:
        return None
