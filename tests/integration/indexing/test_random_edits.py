"""Whatever editors do, in whatever order, the index is the one that would be built from scratch."""

import random

import pytest
from django.db import transaction
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import ArticlePage
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import Entry

from .contents import counted_frequencies, document_frequencies, stored_from_scratch, stored_index

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = ["boat", "sea", "bread", "oven", "flour", "sail", "wind", "harbour", "yeast", "crust"]


class Editor:
    """Does one thing after another to a site, as a seed says."""

    def __init__(self, seed, home, make_article):
        self.random = random.Random(seed)
        self.home, self.make_article = home, make_article
        self.actions = [
            self.add, self.add, self.add_below, self.edit, self.edit, self.shorten, self.draft, self.unpublish,
            self.publish, self.delete, self.move, self.restrict, self.lift, self.rename, self.undo, self.alias,
        ]  # fmt: skip

    def act(self):
        self.random.choice(self.actions)()

    def text(self):
        return " ".join(self.random.choices(WORDS, k=self.random.choice([3, 30, 150])))

    def page(self, **filters):
        pages = list(ArticlePage.objects.filter(**filters).order_by("pk"))
        return self.random.choice(pages) if pages else self.add()

    def add(self):
        return self.make_article(self.text()[:40], self.text(), live=self.random.random() < 0.8)

    def add_below(self):
        self.make_article(self.text()[:40], self.text(), self.text(), parent=self.page())

    def edit(self):
        page = self.page(alias_of=None)
        page.introduction = self.text()
        page.save_revision().publish()

    def shorten(self):
        page = self.page(alias_of=None)
        page.body = []
        page.save()

    def draft(self):
        page = self.page(alias_of=None)
        page.introduction = self.text()
        page.save_revision()

    def rename(self):
        page = Page.objects.get(pk=self.page().pk)
        page.title = self.text()[:40]
        page.save()

    def unpublish(self):
        self.page().unpublish()

    def publish(self):
        self.page(alias_of=None).save_revision().publish()

    def delete(self):
        Page.objects.get(pk=self.page().pk).delete()

    def alias(self):
        self.page(alias_of=None).create_alias(parent=self.home, update_slug=f"alias-{self.random.randrange(10**9)}")

    def move(self):
        page, target = (Page.objects.get(pk=self.page().pk) for _ in range(2))
        if target.pk != page.pk and not target.is_descendant_of(page):
            page.move(target, pos="last-child")

    def restrict(self):
        PageViewRestriction.objects.create(page=Page.objects.get(pk=self.page().pk), restriction_type="login")

    def lift(self):
        if restriction := PageViewRestriction.objects.order_by("?").first():
            restriction.delete()

    def undo(self):
        with transaction.atomic():
            self.edit()
            self.unpublish()
            transaction.set_rollback(True)


def content(stored):
    """Without states: a page never heard of and one left out are the same to a search."""
    terms, chunks, frequencies, states = stored
    return terms, chunks, frequencies, {page for page, state in states.items() if state == "indexed"}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("inline", [True, False], ids=["tasks at once", "tasks later"])
def test_the_index_equals_one_built_from_scratch(home, make_article, build_index, monkeypatch, settings, seed, inline):
    if not inline:
        settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    build_index()
    editor = Editor(seed, home, make_article)
    for _ in range(40):
        editor.act()
        if not inline and editor.random.random() < 0.2:
            process()
    process()
    assert not Entry.objects.filter(state__in=["pending", "failed"]).exists()
    assert document_frequencies() == counted_frequencies()
    stored = content(stored_index())
    assert stored == content(stored_from_scratch(monkeypatch, build_index))
