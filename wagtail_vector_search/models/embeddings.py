"""One table of embeddings per dimension; the database refuses a vector of any other size."""

from __future__ import annotations

from typing import ClassVar

import swapper
from django.db import models
from pgvector.django import HalfVectorField, HnswIndex

from .generations import Generation


class AbstractEmbedding(models.Model):
    """One chunk of one page in one generation, with its vector.

    For a dimension that this package has no table for, subclass this in your own app and add
    ``embedding = HalfVectorField(dimensions=N)``.
    """

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="+", db_index=False)
    page = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
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
