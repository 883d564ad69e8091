"""Users with few rights, with a right to the report, with all; and a section of the site that most may not see."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from wagtail.models import GroupPagePermission, Page

from tests.integration.retrieval.test_related import TEXTS
from tests.kept import kept
from wagtail_vector_search.admin.permissions import VIEW_REPORT


@pytest.fixture
@kept
def section(home):
    """The section of those with few rights."""
    return home.add_child(instance=Page(title="Open section", slug="open-section"))


@pytest.fixture
@kept
def hidden_section(home):
    """A section that only superusers see in the explorer. Put nothing in it that others should know of."""
    return home.add_child(instance=Page(title="Hidden section", slug="hidden-section"))


@pytest.fixture
def articles_alone(configure):
    """Only articles are indexed, not the sections that they are in."""
    configure(PAGE_TYPES=["testapp.ArticlePage"])


@pytest.fixture
@kept
def pages(articles_alone, make_article, section, hidden_section, build_index):
    """Pages of the section that those with few rights edit, and Bread in one that they do not see."""
    pages = {
        title: make_article(title, text, parent=hidden_section if title == "Bread" else section)
        for title, text in TEXTS.items()
    }
    build_index()
    return pages


@pytest.fixture
def make_editor(django_user_model, section):
    """Return a function that makes a user who may edit one section and has some other permissions."""

    def make(username, *permissions, page=section):
        group = Group.objects.create(name=f"Group of {username}")
        for codename in ("add_page", "change_page", "publish_page"):
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
            GroupPagePermission.objects.create(group=group, page=page, permission=permission)
        user = django_user_model.objects.create_user(username, f"{username}@example.com", "password")
        user.groups.add(group)
        for name in ("wagtailadmin.access_admin", *permissions):
            grant(group, name)
        return user

    return make


def grant(group: Group, name: str) -> None:
    """Give a group the permission ``app.codename``."""
    app, _, codename = name.partition(".")
    group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))


@pytest.fixture
def few_rights(make_editor):
    """An editor of one section, without any permission on search."""
    return make_editor("few")


@pytest.fixture
def report_right(make_editor):
    """An editor of one section who may see the report."""
    return make_editor("reporter", VIEW_REPORT)


@pytest.fixture
def superuser(django_user_model):
    """A user who may do everything."""
    return django_user_model.objects.create_superuser("super", "super@example.com", "password")


@pytest.fixture
def log_in():
    """Return a function that returns the browser of a user who has logged in."""

    def client_of(user, **options):
        client = Client(**options)
        client.force_login(user)
        return client

    return client_of
