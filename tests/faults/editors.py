"""What editors do, as functions that a process of their own can run."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
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


def add(parent_id: Any, title: str) -> None:
    """Add a live page below another."""
    page = ArticlePage(title=title, slug=title.lower(), introduction="A kite needs wind.")
    Page.objects.get(pk=parent_id).add_child(instance=page)


def add_in_a_transaction(parent_id: Any, title: str) -> None:
    """Add a page as a request does under ``ATOMIC_REQUESTS``."""
    with transaction.atomic():
        add(parent_id, title)


def unpublish(page_id: Any) -> None:
    """Take a page offline."""
    ArticlePage.objects.get(pk=page_id).unpublish()


def save_introduction(page_id: Any, text: str) -> None:
    """Save one field of a page, which leaves the row that all page types share as it is."""
    page = ArticlePage.objects.get(pk=page_id)
    page.introduction = text
    page.save(update_fields=["introduction"])


def rename(page_id: Any, title: str) -> None:
    """Save a page with another title."""
    page = ArticlePage.objects.get(pk=page_id)
    page.title = title
    page.save()


def rename_silently(page_id: Any, title: str) -> None:
    """Change a title as a statement of the project's own does."""
    ArticlePage.objects.filter(pk=page_id).update(title=title)


def make_private(page_id: Any) -> None:
    """Let only those who are logged in see a page and all below it."""
    PageViewRestriction.objects.create(page=Page.objects.get(pk=page_id), restriction_type="login")


def move(page_id: Any, parent_id: Any) -> None:
    """Move a page below another."""
    Page.objects.get(pk=page_id).move(Page.objects.get(pk=parent_id), pos="last-child")


def delete(page_id: Any) -> None:
    """Delete a page."""
    Page.objects.get(pk=page_id).delete()


def lift_restrictions(page_id: Any) -> None:
    """Let everybody see a page again."""
    for restriction in PageViewRestriction.objects.filter(page=page_id):
        restriction.delete()


def publish_again(page_id: Any) -> None:
    """Publish a page as it is."""
    ArticlePage.objects.get(pk=page_id).save_revision().publish()


def do_in_one_transaction(steps: Sequence[Sequence[Any]]) -> None:
    """Do several things that are committed together: names of functions here, with their arguments."""
    with transaction.atomic():
        for step in steps:
            do(*step)


def do(name: str, *arguments: Any) -> None:
    """Do one thing."""
    globals()[name](*arguments)


WORDS = ["boat", "sea", "bread", "oven", "flour", "sail", "wind", "harbour", "yeast", "crust"]


def publish_many(page_ids: Sequence[Any], seed: int, number: int) -> None:
    """Publish one page after another, as chance has it."""
    chance = random.Random(seed)
    for _ in range(number):
        publish(chance.choice(page_ids), " ".join(chance.choices(WORDS, k=chance.choice([3, 30, 300]))))


def do_many_things(page_ids: Sequence[Any], seed: int, number: int) -> None:
    """Do one thing after another, as chance has it, and go on when the database has thrown an editor out."""
    chance = random.Random(seed)
    for _ in range(number):
        page_id = chance.choice(page_ids)
        action = chance.choice([None, None, None, unpublish, publish_again, make_private, lift_restrictions])
        try:
            if action:
                action(page_id)
            else:
                publish(page_id, " ".join(chance.choices(WORDS, k=20)))
        except (OperationalError, InterfaceError):
            connection.close()
