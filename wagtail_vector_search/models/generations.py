"""The generations of the configured indexes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

#: What ``update_vector_index`` measures about the similarities of a generation.
CALIBRATION = ("background_similarity", "title_similarity", "similarities_by_language", "calibrated_page_count")


class Generation(models.Model):
    """One generation of one configured index: all rows made with one provider, model and way of cutting text.

    A change of any of those makes a new generation, built beside the one that serves.
    """

    class State(models.TextChoices):
        BUILDING = "building", _("being built")
        ACTIVE = "active", _("serving searches")
        RETIRED = "retired", _("retired")

    index_name = models.CharField(max_length=100)
    #: Hash over all that shapes the stored rows; generations of equal fingerprints have interchangeable rows.
    fingerprint = models.CharField(max_length=64)
    #: What the fingerprint is made of: queries are embedded by the model that embedded the pages, also after the
    #: settings have changed. Never holds a key.
    configuration = models.JSONField(default=dict)
    dimensions = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.BUILDING)
    #: Entries with terms when the statistics were last taken.
    page_count = models.PositiveIntegerField(default=0)
    #: Mean number of terms of an entry that the stored BM25 weights were computed with.
    average_length = models.FloatField(default=0)
    #: Upper bound of the cosine similarity that nearly every query about nothing on the site stays below; null until
    #: measured.
    background_similarity = models.FloatField(null=True)
    #: Typical cosine similarity of a page to its own title; null until measured.
    title_similarity = models.FloatField(null=True)
    #: The two, as a list, by language code; of a site in one language nothing.
    similarities_by_language = models.JSONField(default=dict)
    #: Entries with terms when the similarities were measured.
    calibrated_page_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    activated_at = models.DateTimeField(null=True)
    #: When ``update_vector_index`` last compared every page.
    updated_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        default_permissions = ()
        #: Of the views in the admin; see ``admin.permissions``.
        permissions: ClassVar = [
            ("view_search_report", _("Can see the search index report")),
            ("reindex_pages", _("Can re-index pages")),
            ("use_search_lab", _("Can use the search lab")),
            ("search_as_others", _("Can search as another user in the search lab")),
        ]
        verbose_name = _("generation")
        verbose_name_plural = _("generations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["index_name"], condition=models.Q(state="active"), name="wvs_one_active_generation"
            ),
            models.UniqueConstraint(
                fields=["index_name"], condition=models.Q(state="building"), name="wvs_one_building_generation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.index_name} #{self.pk} ({self.state})"

    def take_calibration(self, other: Generation) -> None:
        """Take what another generation with the same vectors has measured."""
        for name in CALIBRATION:
            setattr(self, name, getattr(other, name))
