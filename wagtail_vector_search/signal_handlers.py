"""Follows what editors do: a change of a page and the change of its index entries are one transaction.

Nothing here calls a provider or makes an editor's request fail: ``health.write_in_time`` sees to that.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.core.signals import request_finished
from django.db.models.signals import post_delete, post_save, pre_delete, pre_migrate
from wagtail.models import PageViewRestriction
from wagtail.signals import post_page_move

from .conf import IndexSettings, get_all_index_settings
from .database.availability import forget_ready, is_ready, write_alias
from .database.operations import create_extension_without_migrations
from .database.tables import page_model
from .exceptions import SettingsError
from .health import write_in_time
from .indexing import entry_states
from .indexing.signals import announce_withdrawn
from .indexing.tasks import (
    compare_after_commit,
    enqueue_after_commit,
    follow_up,
    note_path,
    requested,
    work_now_and_then,
)

logger = logging.getLogger(__name__)

#: Fields that a visitor does not see. Wagtail saves them alone for drafts, locks, workflows and copies.
BOOKKEEPING_FIELDS = frozenset({
    "depth", "draft_title", "first_published_at", "has_unpublished_changes", "last_published_at", "latest_revision",
    "latest_revision_created_at", "live_revision", "locked", "locked_at", "locked_by", "numchild", "path", "url_path",
})  # fmt: skip


def register_signal_handlers() -> None:
    """Connect every handler; called once from the app's ``ready``."""
    # Not by page type: a type that is defined late would be missed. post_save costs other models next to nothing,
    # whereas a pre_delete without sender would keep Django from deleting any model's rows in one statement.
    post_save.connect(on_page_saved, dispatch_uid="wagtail_vector_search.page_saved")
    pre_delete.connect(on_page_deleted, sender=page_model(), dispatch_uid="wagtail_vector_search.page_deleted")
    post_page_move.connect(on_page_moved, dispatch_uid="wagtail_vector_search.page_moved")
    for signal, handler in ((post_save, on_restriction_saved), (post_delete, on_restriction_deleted)):
        signal.connect(handler, sender=PageViewRestriction, dispatch_uid=f"wagtail_vector_search.{handler.__name__}")
    request_finished.connect(on_request_finished, dispatch_uid="wagtail_vector_search.request_finished")
    pre_migrate.connect(forget_ready, dispatch_uid="wagtail_vector_search.forget_ready")
    pre_migrate.connect(
        create_extension_without_migrations,
        sender=apps.get_app_config("wagtail_vector_search"),  # once a migrate, not once an app
        dispatch_uid="wagtail_vector_search.create_extension",
    )


def on_page_saved(
    sender: type,
    instance: Any,
    created: bool,
    raw: bool,
    using: str,
    update_fields: Collection[str] | None = None,
    **kwargs: Any,
) -> None:
    """Request a live page, take a page out that is not live. Every publish, unpublish and script passes here.

    Fixtures are left to ``update_vector_index``: their pages may refer to rows that are not loaded yet. An alias is
    never indexed; publishing a page saves all its aliases, which must not cost a statement each.
    """
    if raw or not isinstance(instance, page_model()) or instance.alias_of_id:
        return
    if update_fields is not None and BOOKKEEPING_FIELDS.issuperset(update_fields):
        return
    if not instance.live and not created:
        announce_withdrawn(instance.pk, using, subtree=False)
    if not (index_names := following_index_names(using)):
        return
    requested(using).add(instance.pk)
    if created:
        note_path(instance.path, using)
    # A field that was not saved may not be what the row says: another request has published the page.
    if instance.live or (update_fields is not None and "live" not in update_fields):

        def request() -> None:
            from .indexing.own_rules import is_kept_out

            if is_kept_out(instance, using):
                # What is stored of it must not be found until the worker notes the reason.
                entry_states.withdraw_kept_out(instance.pk, index_names, using)
                announce_withdrawn(instance.pk, using, subtree=False)
            enqueue_after_commit(entry_states.request([instance.pk], index_names, using), using)

        write_in_time(request, using)
    elif not created:
        write_in_time(lambda: entry_states.withdraw(instance.pk, index_names, using), using)


def on_page_deleted(sender: type, instance: Any, using: str, **kwargs: Any) -> None:
    """Take a page that is about to be deleted, and all below it, out of the index.

    The foreign keys would delete the rows as well, but would neither correct the document frequencies nor keep workers
    from writing new rows.
    """
    announce_withdrawn(instance.pk, using, subtree=True)
    index_names = following_index_names(using)
    if not index_names or follow_up(using).is_deleting(instance.path):
        return
    subtree = not instance.is_leaf()
    write_in_time(lambda: entry_states.withdraw_deleted(instance.pk, index_names, using, subtree=subtree), using)
    follow_up(using).deleted_paths.add(instance.path)


def on_page_moved(sender: type, instance: Any, **kwargs: Any) -> None:
    """Follow a section into or out of a private one. Nothing else that is stored depends on the place in the tree."""
    using = write_alias()  # the instance may have been read from a replica
    announce_withdrawn(instance.pk, using, subtree=True)
    note_path(instance.path, using)
    _compare(using)


def on_restriction_saved(sender: type, instance: PageViewRestriction, raw: bool, using: str, **kwargs: Any) -> None:
    """Take a section that becomes private out of the index, and the section that was private before it."""
    if not raw:
        announce_withdrawn(instance.page_id, using, subtree=True)
        _compare(using)


def on_restriction_deleted(sender: type, instance: PageViewRestriction, using: str, **kwargs: Any) -> None:
    """Index a section that is not private any more, unless another restriction holds."""
    _compare(using)


def _compare(using: str) -> None:
    """Have the pages looked for that differ from the index: those below the page, below its aliases, and so on."""
    if following_index_names(using):
        compare_after_commit(using)


def on_request_finished(**kwargs: Any) -> None:
    """Look after the queue now and then, also where no worker runs."""
    work_now_and_then()


def following_index_names(using: str) -> list[str]:
    """Return the indexes that follow what editors do in a database; none where there is nothing to write."""
    return [settings.index_name for settings in _settings(using)]


def _settings(using: str) -> list[IndexSettings]:
    """Return the configured indexes; none where there is nothing to write: SQLite, or tables that are missing."""
    if not is_ready(using):
        return []
    try:
        return get_all_index_settings()
    except SettingsError:
        # The system checks report it. An editor cannot mend it.
        logger.exception("The settings of vector search cannot be read; the edit will be found by the next update.")
        return []
