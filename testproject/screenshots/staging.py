"""Makes the demo site worth a picture for a while: an editor, a page that failed, one that waits."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from wagtail.models import GroupPagePermission

from wagtail_vector_search.admin.permissions import REINDEX, USE_LAB, VIEW_REPORT
from wagtail_vector_search.models import Entry, Generation

from ..library.models import ArticlePage, HomePage

#: Name of the editor, and of their group. Both are removed again.
NAME = "Robin (screenshots)"
# Slugs of the page in the pictures of the page editor, and of the pages with trouble in that of the report.
_EDITED, _FAILED, _WAITING = "calendar", "zipfile-zipfile", "random"

State = Entry.State


@dataclass(frozen=True, slots=True)
class Stage:
    """The user and the page that the pictures are taken with."""

    #: Of the editor.
    username: str
    #: Of the editor, made for this one run.
    password: str
    #: Primary key of the page that is edited.
    edited: int


@contextmanager
def staged() -> Iterator[Stage]:
    """Change the database, and put everything back."""
    rows = list(Entry.objects.filter(generation__state=Generation.State.ACTIVE, page__slug__in=_troubles()))
    password = secrets.token_urlsafe(12)
    try:
        _make_editor(password)
        for row in rows:
            Entry.objects.filter(pk=row.pk).update(**_troubles()[row.page.slug])
        yield Stage(NAME, password, ArticlePage.objects.get(slug=_EDITED).pk)
    finally:
        for row in rows:
            row.save()
        _remove_editor()


def _troubles() -> dict[str, dict[str, Any]]:
    """Return what becomes of which page. Building the index mends both, should this process be killed."""
    error = "ProviderTimeoutError: no answer within 30 seconds"
    long_ago = timezone.now() - timedelta(minutes=25)
    return {
        _FAILED: {"state": State.FAILED, "last_error": error, "attempts": 3},
        _WAITING: {"state": State.PENDING, "requested_at": long_ago},
    }


def _make_editor(password: str) -> None:
    _remove_editor()
    group = Group.objects.create(name=NAME)
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        for home in HomePage.objects.all():
            GroupPagePermission.objects.create(group=group, page=home.page_ptr, permission=permission)
    for name in ("wagtailadmin.access_admin", VIEW_REPORT, REINDEX, USE_LAB):
        app, _, codename = name.partition(".")
        group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    editor = get_user_model().objects.create_user(NAME, "robin@example.com", password, first_name="Robin")
    editor.groups.add(group)


def _remove_editor() -> None:
    get_user_model().objects.filter(username=NAME).delete()
    Group.objects.filter(name=NAME).delete()
