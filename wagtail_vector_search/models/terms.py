"""The keyword side: BM25 weights per entry and document frequencies per generation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.checks import CheckMessage
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import SparseVectorField

from .generations import Generation
from .pages import GoesWithPage, page_key

#: Dimensions of the sparse vectors: the most that pgvector allows. A term's position is a hash of the term.
SPARSE_DIMENSIONS = 1_000_000_000


class EntryTerms(models.Model):
    """The keyword side of one entry."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="+", db_index=False)
    page = page_key(db_index=False)
    #: Language of the page: the analyzer of it made the terms.
    language_code = models.CharField(max_length=100)
    terms = ArrayField(models.TextField())
    #: The document side of BM25: saturated, length-normalised term frequency by term.
    weights = SparseVectorField(dimensions=SPARSE_DIMENSIONS)
    #: Number of words that are no stop words, repetitions counted, those of the title twice.
    length = models.PositiveIntegerField()

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        default_permissions = ()
        verbose_name = _("entry terms")
        verbose_name_plural = _("entry terms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "generation"], name="wvs_one_terms_per_page"),
            GoesWithPage(name="wvs_%(class)s_goes_with_page"),
        ]
        # Rows that wait to be added to the index are read by every look-up, and where they are many the planner would
        # rather read the whole table. 128 kB cost neither.
        indexes: ClassVar = [GinIndex(fields=["terms"], name="wvs_entryterms_terms", gin_pending_list_limit=128)]

    def __str__(self) -> str:
        return f"page {self.page_id}: {len(self.terms)} terms"


class TermFrequency(models.Model):
    """A change to the number of entries of one generation that have one term.

    The document frequency of a term is the sum over its rows. Rows are only ever added, and ``update_vector_index``
    sums them up: two editors never wait for each other's common words.
    """

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="+", db_index=False)
    term = models.TextField()
    document_frequency = models.IntegerField()

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        default_permissions = ()
        verbose_name = _("term frequency")
        verbose_name_plural = _("term frequencies")
        indexes: ClassVar = [
            models.Index(fields=["generation", "term"], include=["document_frequency"], name="wvs_termfrequency_term"),
        ]

    def __str__(self) -> str:
        return f"{self.term}: {self.document_frequency:+d}"

    @classmethod
    def check(cls, **kwargs: Any) -> list[CheckMessage]:
        """Check as Django does; that another database has no covering index is nothing to know, as it has no index."""
        return [message for message in super().check(**kwargs) if message.id != "models.W040"]
