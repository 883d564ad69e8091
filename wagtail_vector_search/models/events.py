"""What processes tell each other about providers and searches."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

#: Characters of a subject that are kept.
MAX_SUBJECT = 200


class SearchEvent(models.Model):
    """Something that happened while pages were embedded or searched, and that other processes should know of.

    Rows are only ever added and, once they are old, deleted: two visitors never wait for each other's row, not even
    where a request is one transaction. Holds neither queries nor keys.
    """

    class Kind(models.TextChoices):
        PROVIDER_FAILURE = "provider_failure", _("failure of an embedding provider")
        EMBEDDING_CALLS = "embedding_calls", _("calls to an embedding provider for searches")
        DEGRADED = "degraded", _("searches answered by words alone")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: Whom it is about: a provider with its model for a failure, else the name of an index.
    subject = models.CharField(max_length=MAX_SUBJECT)
    #: Why, as one word; empty for calls.
    reason = models.CharField(max_length=20, blank=True, default="")
    #: How many, or for a failure how much it says against the provider.
    weight = models.PositiveIntegerField(default=1)
    #: The error, without keys, addresses or text; empty for anything but a failure.
    detail = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    #: When it stops counting.
    expires_at = models.DateTimeField()

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        default_permissions = ()
        verbose_name = _("search event")
        verbose_name_plural = _("search events")
        indexes: ClassVar = [
            models.Index(fields=["kind", "subject", "expires_at"], name="wvs_searchevent_current"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}: {self.weight} {self.reason}".rstrip()
