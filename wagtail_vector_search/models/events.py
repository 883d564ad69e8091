"""What one process records about providers and searches for the others."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

#: Characters of a subject that are kept.
MAX_SUBJECT = 200


class SearchEvent(models.Model):
    """A failure, a number of calls, or a number of searches without vectors, for all processes to count.

    Rows are only ever added and, once they are old, deleted: two visitors never wait for each other's row, not even
    where a request is one transaction. No row holds a query or a key.
    """

    class Kind(models.TextChoices):
        PROVIDER_FAILURE = "provider_failure", _("failure of an embedding provider")
        EMBEDDING_CALLS = "embedding_calls", _("calls to an embedding provider for searches")
        DEGRADED = "degraded", _("searches answered by words alone")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: For a failure the provider with its model, else the name of an index.
    subject = models.CharField(max_length=MAX_SUBJECT)
    #: The reason, as one word; empty for calls.
    reason = models.CharField(max_length=20, blank=True, default="")
    #: The number of calls or searches; for a failure how much it counts towards opening the circuit.
    weight = models.PositiveIntegerField(default=1)
    #: The error of a failure, without keys, addresses or text; else empty.
    detail = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    #: Until when it counts.
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
