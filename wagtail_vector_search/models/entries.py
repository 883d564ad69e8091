"""The outbox and the status of everything that can be searched."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .generations import Generation
from .pages import GoesWithPage, page_key


class Entry(models.Model):
    """One searchable object in one generation: what is requested, what is done, and what went wrong.

    An entry is up to date when ``done_version`` equals ``requested_version``. An editor who changes the object raises
    ``requested_version`` in the same transaction; a worker writes its result only if the version that it claimed is
    still the one requested. ``indexing.entry_states`` has the states and the verbs, and is the only code that writes
    this table.

    Pages are the only kind of object today. Another kind (documents, images, a model that a project registers) joins
    with a nullable foreign key beside ``page``, a check that one of them is set, and a unique constraint of its own.
    Versions, states and leases are the same for every kind, and pages keep their key, their index and their joins.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting to be indexed")
        INDEXED = "indexed", _("indexed")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("left out of search")

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="entries", db_index=False)
    page = page_key()
    requested_version = models.BigIntegerField(default=1, db_default=1)
    done_version = models.BigIntegerField(default=0, db_default=0)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.PENDING, db_default=State.PENDING.value
    )
    #: Why a page is skipped, as a word that ``SkipReason`` explains; empty otherwise.
    skip_reason = models.CharField(max_length=20, blank=True, default="", db_default="")
    #: Hash over all that is stored of the object; equal hashes mean that nothing has to be written.
    content_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    chunk_count = models.PositiveIntegerField(default=0, db_default=0)
    #: Faults of one kind in a row: of the object while the state is failed, of the provider while it is pending.
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    #: Until when a worker has this entry to itself; after that every worker may claim it.
    lease_expires_at = models.DateTimeField(null=True)
    #: The last error, without keys, addresses or page text.
    last_error = models.TextField(blank=True, default="", db_default="")
    requested_at = models.DateTimeField(db_default=Now())
    indexed_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        default_permissions = ()
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["generation", "page"], name="wvs_one_entry_per_page"),
            GoesWithPage(name="wvs_%(class)s_goes_with_page"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state__in=["pending", "failed"]),
                name="wvs_due_entries",
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.page_id}: {self.state}"


class EntryRequest(models.Model):
    """A page whose entry is to be requested, noted by a transaction that must neither wait for the entry nor lock it.

    Rows are only ever added, without a lock on anything, and stand when the transaction commits. The next worker turns
    them into requests of the entries.
    """

    generation = models.ForeignKey(
        Generation, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    page = page_key(db_index=False)
    noted_at = models.DateTimeField(db_default=Now())

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        default_permissions = ()
        verbose_name = _("entry request")
        verbose_name_plural = _("entry requests")

    def __str__(self) -> str:
        return f"page {self.page_id}"


class SkipReason(models.TextChoices):
    """Why a page is not in the index."""

    NOT_LIVE = "not_live", _("not published")
    PRIVATE = "private", _("private")
    ALIAS = "alias", _("alias of another page")
    PAGE_TYPE = "page_type", _("page type left out in settings")
    UNKNOWN_TYPE = "unknown_type", _("page type that the project no longer has")
    OWN_RULE = "own_rule", _("left out by the page's own rule")
    NO_ADDRESS = "no_address", _("page without an address")
    EMPTY = "empty", _("no text")
