"""Follows what pages show beside their own fields: when an object changes, the pages that show it are requested.

As for pages, that is part of the editor's transaction, one statement however many pages there are, and no statement for
models that no page shows.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import m2m_changed, post_save, pre_delete

from .database.execute import SQL
from .database.tables import page_model
from .health import write_in_time
from .indexing import entry_states
from .indexing.shown_objects import (
    Shown,
    covers,
    pages_behind,
    pages_that_show,
    shown_objects,
    these,
    those_of,
)
from .indexing.tasks import enqueue_after_commit, request_showing, requested
from .signal_handlers import BOOKKEEPING_FIELDS, following_index_names

#: Fields of users that are saved alone at each login.
LOGIN_FIELDS = frozenset({"last_login", "password"})


def register_object_handlers() -> None:
    """Connect a handler to each model that a page shows; called once from the app's ``ready``."""
    found = shown_objects()
    for model in found.models:
        for sender in covers(model):
            uid = f"wagtail_vector_search.object.{model._meta.label}.{sender._meta.label}"
            post_save.connect(_OnSaved(model), sender=sender, weak=False, dispatch_uid=uid)
            pre_delete.connect(_OnDeleted(model), sender=sender, weak=False, dispatch_uid=uid)
    for through in found.links:
        uid = f"wagtail_vector_search.link.{through._meta.label}"
        m2m_changed.connect(on_link_changed, sender=through, dispatch_uid=uid)


class _OnSaved:
    """Requests the pages that show an object when it is saved."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(
        self,
        sender: Any,
        instance: Any,
        created: bool,
        raw: bool,
        using: str,
        update_fields: Collection[str] | None = None,
        **kwargs: Any,
    ) -> None:
        changed = None if update_fields is None else frozenset(update_fields)
        if raw or (changed is not None and _is_bookkeeping(instance, changed)):
            return
        _request_pages(_pages_of(self.model, instance), using)
        if created or (self.model, instance.pk) in requested(using):
            return  # no page can show what is new but the page whose row it is
        if changed is None:
            requested(using).add((self.model, instance.pk))
        _request(pages_that_show(self.model, these([instance.pk]), using, changed=changed), using)


class _OnDeleted:
    """Requests the pages that show an object while they still do: before it is deleted."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, sender: Any, instance: Any, using: str, origin: Any = None, **kwargs: Any) -> None:
        deleted = origin.model if isinstance(origin, QuerySet) else type(origin)
        is_of_queryset = isinstance(origin, QuerySet) and issubclass(deleted, self.model)
        if not issubclass(deleted, self.model) and _goes_with(self.model, deleted):
            return
        done = requested(using)
        pages = _pages_of(self.model, instance)
        key: Any = (self.model, origin if is_of_queryset else instance.pk)
        is_done = key in done or (is_of_queryset and shown_objects().is_row_of_page(self.model) and pages <= done)
        if not is_of_queryset:
            _request_pages(pages, using)
        if not is_done:
            done.add(key)
            objects = those_of(origin) if is_of_queryset else these([instance.pk])
            _request(pages_that_show(self.model, objects, using, rows=is_of_queryset), using)


def on_link_changed(
    sender: Any,
    instance: Any,
    action: str,
    reverse: bool,
    pk_set: Collection[Any] | None,
    using: str,
    **kwargs: Any,
) -> None:
    """Request the pages whose many-to-many relation changes, or that show the object whose relation does."""
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    for link in shown_objects().links[sender]:
        if reverse == link.is_reverse:
            keys: Collection[Any] = [instance.pk]
        elif pk_set is not None:
            keys = pk_set
        else:
            _request(pages_that_show(type(instance)._meta.concrete_model, these([instance.pk]), using), using)
            continue
        if not link.lookup:
            _request_pages(keys, using)
        elif keys:
            _request(pages_behind(link, these(list(keys)), using), using)


def _goes_with(model: Any, deleted: Any) -> bool:
    """Return whether the pages of a row are requested, or deleted, for the sake of what it is deleted with."""
    found = shown_objects()
    if issubclass(deleted, page_model()):
        return found.is_row_of_page(model)
    return model in found.links and any(issubclass(deleted, shown) for shown in found.models)


def _is_bookkeeping(instance: Any, changed: frozenset[str]) -> bool:
    return changed <= (BOOKKEEPING_FIELDS if isinstance(instance, page_model()) else LOGIN_FIELDS)


def _pages_of(model: Any, instance: Any) -> set[Any]:
    """Return the key of the page whose row an object is, unless that is a draft; a row may belong to several."""
    rows = {shown for shown in shown_objects().ways.get(model, ()) if shown.page_attribute}
    return {getattr(instance, shown.page_attribute) for shown in rows if not _belongs_to_a_draft(instance, shown)}


def _belongs_to_a_draft(instance: Any, shown: Shown) -> bool:
    for field in instance._meta.concrete_fields:
        if field.attname == shown.page_attribute and field.is_cached(instance):
            page = field.get_cached_value(instance)
            return page is not None and not page.live
    return False


def _request_pages(page_ids: Collection[Any], using: str) -> None:
    wanted = [page_id for page_id in page_ids if page_id is not None and page_id not in requested(using)]
    if wanted and (index_names := following_index_names(using)):
        requested(using).update(wanted)
        write_in_time(lambda: enqueue_after_commit(entry_states.request(wanted, index_names, using), using), using)


def _request(showing: SQL | None, using: str) -> None:
    if showing and (index_names := following_index_names(using)):
        write_in_time(lambda: request_showing(showing, index_names, using), using)
