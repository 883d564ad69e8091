"""What editors do, as functions that a process of their own can run."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import ArticlePage


def publish(page_id: Any, text: str) -> None:
    """Publish a page with another text."""
    page = ArticlePage.objects.get(pk=page_id)
    page.introduction = text
    page.save_revision().publish()


def publish_in_a_transaction(page_id: Any, text: str) -> None:
    """Publish as a request does under ``ATOMIC_REQUESTS``."""
    with transaction.atomic():
        publish(page_id, text)


def unpublish(page_id: Any) -> None:
    """Take a page offline."""
    ArticlePage.objects.get(pk=page_id).unpublish()


def make_private(page_id: Any) -> None:
    """Let only those who are logged in see a page and all below it."""
    PageViewRestriction.objects.create(page=Page.objects.get(pk=page_id), restriction_type="login")


def move(page_id: Any, parent_id: Any) -> None:
    """Move a page below another."""
    Page.objects.get(pk=page_id).move(Page.objects.get(pk=parent_id), pos="last-child")


def delete(page_id: Any) -> None:
    """Delete a page."""
    Page.objects.get(pk=page_id).delete()
