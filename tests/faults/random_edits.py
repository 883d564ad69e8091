"""Edits of a site at random, by many processes at once: pages, trees, aliases, translations, privacy, authors."""

from __future__ import annotations

import random
from typing import Any

from django.db import Error, connection, transaction
from wagtail.models import Locale, Page, PageViewRestriction

from tests.recipes.models import Author, RecipePage
from tests.testapp.models import ArticlePage

WORDS = ["boat", "sea", "bread", "oven", "flour", "sail", "wind", "harbour", "yeast", "crust"]

#: PostgreSQL's number for the lock that edits of the tree take: Wagtail's own tree does not bear two at once.
TREE_LOCK = 20_26


def edit_at_random(seed: int, number: int) -> None:
    """Make so many edits, and print a dot after each; what the database refuses is printed and passed over."""
    editor = RandomEditor(seed)
    for _ in range(number):
        try:
            editor.act()
        except (Error, Page.DoesNotExist, IndexError) as error:
            cause = getattr(error.__cause__, "sqlstate", "") or type(error).__name__
            print(f"[{cause}]", end="", flush=True)  # noqa: T201  # read by the test
            connection.close()
        print(".", end="", flush=True)  # noqa: T201  # read by the test


class RandomEditor:
    """Does one thing after another, as a seed says."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.home = Page.objects.get(depth=2)
        self.of_pages = [self.edit, self.edit, self.save_a_field, self.rename, self.unpublish, self.publish, self.name]
        self.of_privacy = [self.restrict, self.lift, self.move_a_restriction]
        self.of_trees = [
            self.add, self.add, self.add_below, self.delete, self.move, self.alias, self.translate, self.make_own,
        ]  # fmt: skip

    def act(self) -> None:
        """Do one thing, perhaps several in one transaction."""
        kind = self.random.random()
        if kind < 0.45:
            self.random.choice(self.of_pages)()
        elif kind < 0.65:
            self.random.choice(self.of_privacy)()
        elif kind < 0.75:
            with transaction.atomic():
                self.random.choice(self.of_privacy)()
                self.random.choice(self.of_pages)()
        else:
            self.change_the_tree()

    def change_the_tree(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [TREE_LOCK])
            try:
                self.random.choice(self.of_trees)()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [TREE_LOCK])

    def text(self) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.choice([3, 30, 150])))

    def page(self, **filters: Any) -> Any:
        keys = list(ArticlePage.objects.filter(**filters).values_list("pk", flat=True).order_by("pk"))
        return ArticlePage.objects.get(pk=self.random.choice(keys))

    def add(self) -> None:
        parent = Page.objects.get(pk=self.home.pk)
        name = f"{self.text()[:40]} {self.random.randrange(10**9)}"
        if self.random.random() < 0.2:
            author = Author.objects.order_by("pk").first() or Author.objects.create(name="Smith")
            parent.add_child(instance=RecipePage(title=name, author=author))
        else:
            is_live = self.random.random() < 0.8
            parent.add_child(instance=ArticlePage(title=name, introduction=self.text(), live=is_live))

    def add_below(self) -> None:
        name = f"{self.text()[:40]} {self.random.randrange(10**9)}"
        self.page().add_child(instance=ArticlePage(title=name, introduction=self.text()))

    def edit(self) -> None:
        page = self.page(alias_of=None)
        page.introduction = self.text()
        page.save_revision().publish()

    def save_a_field(self) -> None:
        page = self.page(alias_of=None)
        page.introduction = self.text()
        page.save(update_fields=["introduction"])

    def rename(self) -> None:
        page = self.page(alias_of=None)
        page.title = self.text()[:40]
        page.save_revision().publish()

    def unpublish(self) -> None:
        self.page().unpublish()

    def publish(self) -> None:
        self.page(alias_of=None).save_revision().publish()

    def name(self) -> None:
        author = self.random.choice(list(Author.objects.order_by("pk")))
        author.name = self.random.choice(WORDS)
        author.save()

    def restrict(self) -> None:
        PageViewRestriction.objects.create(page=self.page().page_ptr, restriction_type="login")

    def lift(self) -> None:
        self.random.choice(list(PageViewRestriction.objects.order_by("pk"))).delete()

    def move_a_restriction(self) -> None:
        restriction = self.random.choice(list(PageViewRestriction.objects.order_by("pk")))
        restriction.page = self.page().page_ptr
        restriction.save()

    def delete(self) -> None:
        if ArticlePage.objects.count() > 40:
            Page.objects.get(pk=self.page().pk).delete()

    def move(self) -> None:
        page, target = (Page.objects.get(pk=self.page().pk) for _ in range(2))
        if target.pk != page.pk and not target.is_descendant_of(page):
            page.move(target, pos="last-child")

    def alias(self) -> None:
        parent = Page.objects.get(pk=self.random.choice([self.home.pk, self.page().pk]))
        self.page(alias_of=None).create_alias(parent=parent, update_slug=f"alias-{self.random.randrange(10**9)}")

    def translate(self) -> None:
        french, _ = Locale.objects.get_or_create(language_code="fr")
        page = self.page(alias_of=None)
        if not page.has_translation(french) and page.locale_id != french.pk:
            page.copy_for_translation(french, copy_parents=True, alias=self.random.random() < 0.5)

    def make_own(self) -> None:
        """Convert an alias into a page of its own."""
        page = self.page(alias_of__isnull=False)
        page.alias_of = None
        page.save()
