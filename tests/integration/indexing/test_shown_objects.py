"""When an object that pages show changes, the pages follow: authors, categories, tags, rows of their own, snippets."""

import threading
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from taggit.models import Tag
from wagtail.models import Page

from tests.recipes.models import (
    Author,
    Category,
    Country,
    Footnote,
    MenuPage,
    Note,
    RecipePage,
    RecipeTag,
    ReviewPage,
    Step,
)
from wagtail_vector_search.indexing import limits, tasks
from wagtail_vector_search.indexing.worker import drain
from wagtail_vector_search.models import Entry, EntryRequest

from .contents import state_of, terms_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def author():
    return Author.objects.create(name="Smith", country=Country.objects.create(name="Peru"))


@pytest.fixture
def add(home):
    """Return a function that adds a page of a type, with tags."""

    def make(model=RecipePage, title="Soup", tags=(), **fields):
        number = Page.objects.count()
        page = home.add_child(instance=model(title=title, slug=f"{title.lower()}-{number}", **fields))
        if tags:
            page.tags.add(*tags)
            page.save()
        return page

    return make


@pytest.fixture
def other(add):
    """A page that shows nothing."""
    return add(title="Other")


@pytest.fixture(autouse=True)
def _built(build_index, other):
    build_index()


def our_statements(function):
    with CaptureQueriesContext(connection) as queries:
        function()
    return [query["sql"] for query in queries if "wagtail_vector_search_" in query["sql"]]


def versions(*pages):
    return [state_of(page).requested_version for page in pages]


def test_a_renamed_author_is_found_by_the_new_name_and_not_by_the_old_one(add, author, other):
    page, before = add(author=author), versions(other)
    author.name = "Miller"
    author.save()
    assert "miller" in terms_of(page)
    assert "smith" not in terms_of(page)
    assert versions(other) == before


def test_an_author_renamed_in_the_admin_is_followed(add, author):
    page = add(author=author)
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    url = reverse(Author.snippet_viewset.get_url_name("edit"), args=[author.pk])  # type: ignore[attr-defined]
    assert client.post(url, {"name": "Miller", "email": ""}).status_code == 302
    assert "miller" in terms_of(page)


def test_an_author_who_is_deleted_is_gone_from_the_pages_that_go_on(add, author):
    page = add(author=author)
    author.delete()
    assert "smith" not in terms_of(page)
    assert "soup" in terms_of(page)


def test_what_an_author_shows_is_followed_too(add, author):
    page = add(author=author)
    author.country.name = "Chile"
    author.country.save()
    assert "chile" in terms_of(page)
    author.country = Country.objects.create(name="Italy")
    author.save()
    assert "itali" in terms_of(page) or "italy" in terms_of(page)


def test_a_renamed_category_and_a_renamed_tag_are_followed(add):
    category = Category.objects.create(name="Broth")
    page = add(categories=[category], tags=["winter"])
    category.name = "Stew"
    category.save()
    assert "stew" in terms_of(page)
    tag = Tag.objects.get(name="winter")
    tag.name = "summer"
    tag.save()
    assert "summer" in terms_of(page)
    assert "winter" not in terms_of(page)


def test_a_category_or_a_tag_that_is_deleted_is_followed(add):
    category = Category.objects.create(name="Broth")
    page = add(categories=[category], tags=["winter"])
    category.delete()
    assert "broth" not in terms_of(page)
    Tag.objects.filter(name="winter").delete()
    assert "winter" not in terms_of(page)


def test_categories_and_tags_that_are_given_and_taken_without_saving_the_page_are_followed(add):
    category, page = Category.objects.create(name="Broth"), add()
    recipes = category.recipes  # type: ignore[attr-defined]
    recipes.add(page)
    assert "broth" in terms_of(page)
    recipes.clear()
    assert "broth" not in terms_of(page)
    through = RecipePage.categories.through
    RecipeTag.objects.create(content_object=page, tag=Tag.objects.create(name="winter"))
    assert "winter" in terms_of(page)
    RecipeTag.objects.all().delete()
    assert "winter" not in terms_of(page)
    through.objects.create(recipepage=page, category=category)  # sends no signal of the relation
    assert "broth" not in terms_of(page)


def test_rows_of_a_page_that_a_script_writes_are_followed(add):
    page = add()
    step = Step.objects.create(page=page, text="Stir")
    assert "stir" in terms_of(page)
    step.text = "Boil"
    step.save()
    assert "boil" in terms_of(page)
    step.delete()
    assert "boil" not in terms_of(page)


def test_embedding_fields_over_relations_are_followed_also_those_that_a_method_reads(add, author):
    dish = Category.objects.create(name="Broth")
    page = add(ReviewPage, critic=author, dish=dish)
    author.name = "Miller"
    author.save()
    assert "miller" in terms_of(page)
    dish.name = "Stew"
    dish.save()
    assert "stew" in terms_of(page)
    dish.delete()
    assert "stew" not in terms_of(page)


def test_a_snippet_that_a_block_shows_is_followed_and_so_is_what_the_snippet_shows(add):
    footnote = Footnote.objects.create(text="Beware")
    note = Note.objects.create(text="Simmer", footnotes=[("footnote", footnote)])
    page = add(body=[("note", note)])
    note.text = "Roast"
    note.save()
    assert "roast" in terms_of(page)
    footnote.text = "Careful"
    footnote.save()
    assert "care" in terms_of(page) or "careful" in terms_of(page)
    assert "bewar" not in terms_of(page)


def test_a_snippet_in_a_document_of_the_pages_own_and_a_page_on_a_page_are_followed(add):
    note, recipe = Note.objects.create(text="Simmer"), add()
    menu = add(MenuPage, "Menu", body=[("note", note)], main_course=recipe)
    note.text = "Roast"
    note.save()
    recipe.title = "Casserole"
    recipe.save_revision().publish()
    assert {"roast", "casserol"} <= terms_of(menu) or {"roast", "casserole"} <= terms_of(menu)
    recipe.delete()
    assert not {"casserol", "casserole"} & terms_of(menu)


@pytest.mark.usefixtures("no_worker")
def test_the_request_is_part_of_the_transaction_that_changes_the_object(add, author):
    page = add(author=author)
    (before,) = versions(page)
    with pytest.raises(RuntimeError), transaction.atomic():
        author.name = "Miller"
        author.save()
        assert EntryRequest.objects.get().page_id == page.pk
        raise RuntimeError
    assert not EntryRequest.objects.exists()
    assert versions(page) == [before]


def test_a_request_whose_process_is_killed_after_the_commit_is_not_lost(add, author, monkeypatch):
    page = add(author=author)
    with monkeypatch.context() as patch:
        patch.setattr(tasks.FollowUp, "__call__", mock.Mock())
        with transaction.atomic():
            author.name = "Miller"
            author.save()
    assert "miller" not in terms_of(page)
    drain()
    assert "miller" in terms_of(page)


def test_what_is_undone_to_a_savepoint_is_requested_again(add, author):
    page = add(author=author)
    with transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic():
            author.name = "Baker"
            author.save()
            raise RuntimeError
        author.name = "Miller"
        author.save()
    assert "miller" in terms_of(page)


@pytest.mark.usefixtures("no_worker")
def test_an_object_costs_one_statement_and_one_after_the_commit_however_many_pages_show_it(add, author, monkeypatch):
    monkeypatch.setattr(limits, "INLINE_PAGES_ALONE", 3)
    pages = [add(author=author) for _ in range(5)] + [add(ReviewPage, critic=author)]
    before = versions(*pages)
    assert len(our_statements(author.save)) == 2
    assert versions(*pages) == [version + 1 for version in before]
    assert len(our_statements(Author.objects.filter(pk=author.pk).delete)) == 2


@pytest.mark.usefixtures("no_worker")
def test_deleting_many_objects_at_once_costs_no_more_than_one(add):
    tags = [f"tag {number}" for number in range(20)]
    page = add(tags=tags)
    (before,) = versions(page)
    assert len(our_statements(Tag.objects.filter(name__in=tags).delete)) == 2
    assert versions(page) == [before + 1]


@pytest.mark.usefixtures("no_worker")
def test_what_no_page_shows_costs_nothing(add, author):
    add(tester=author)
    user = User.objects.create(username="reader")
    assert our_statements(user.save) == []
    assert our_statements(user.delete) == []
    assert our_statements(lambda: author.save(update_fields=["email"])) != []  # ReviewPage shows what __str__ says
    assert our_statements(lambda: Category.objects.create(name="New")) == []


@pytest.mark.usefixtures("no_worker")
def test_fields_that_are_not_shown_cost_nothing(add):
    tag = Tag.objects.create(name="winter")
    add(tags=["winter"])
    assert our_statements(lambda: tag.save(update_fields=["slug"])) == []
    assert len(our_statements(lambda: tag.save(update_fields=["name"]))) == 2


@pytest.mark.usefixtures("no_worker")
def test_a_publish_with_rows_categories_and_tags_costs_one_statement(add, author):
    page = add(author=author, tags=["winter"], categories=[Category.objects.create(name="Broth")])
    page.steps.add(Step(text="Stir"), Step(text="Boil"))
    page.tags.add("summer")
    page.categories.add(Category.objects.create(name="Stew"))
    statements = our_statements(lambda: page.save_revision().publish())
    # The second finds menus that show the page.
    assert [statement.split()[0] for statement in statements] == ["INSERT", "WITH"]
    page.refresh_from_db()
    page.tags.remove("winter")
    page.steps.remove(page.steps.first())
    page.categories.clear()
    statements = our_statements(lambda: page.save_revision().publish())
    assert [statement.split()[0] for statement in statements] == ["INSERT", "WITH"]


@pytest.mark.usefixtures("no_worker")
def test_drafts_aliases_and_pages_left_out_are_not_requested(add, author, home):
    draft, page = add(author=author, live=False), add(author=author)
    alias = page.create_alias(parent=home, update_slug="alias")
    Entry.objects.filter(page=page.pk).update(state="skipped", skip_reason="private")
    author.save()
    assert not Entry.objects.filter(page__in=[draft.pk, alias.pk]).exists()
    assert state_of(page).state == "skipped"


@pytest.mark.usefixtures("no_worker")
def test_a_page_that_was_empty_is_requested(add, author):
    page = add(author=author)
    Entry.objects.filter(page=page.pk).update(state="skipped", skip_reason="empty")
    author.save()
    assert state_of(page).state == "pending"


def test_what_does_not_fit_into_an_editors_request_is_left_to_one_task(add, author, monkeypatch):
    pages = [add(author=author) for _ in range(5)]
    monkeypatch.setattr(limits, "INLINE_PAGES_ALONE", 2)
    monkeypatch.setattr(limits, "NOTES", 2)
    enqueued = []
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "process_queue_task", mock.Mock(enqueue=lambda: enqueued.append("queue")))
        author.name = "Miller"
        author.save()
    assert sum("miller" in terms_of(page) for page in pages) == 2
    assert enqueued == ["queue"]
    tasks.process_queue_task.func()  # as a worker does
    assert all("miller" in terms_of(page) for page in pages)


def test_an_editors_own_request_does_not_work_on_the_queue(add, author, monkeypatch):
    pages = [add(author=author) for _ in range(5)]
    monkeypatch.setattr(limits, "INLINE_PAGES_ALONE", 2)
    author.name = "Miller"
    author.save()
    assert sum("miller" in terms_of(page) for page in pages) == 2


def test_entries_that_are_locked_are_not_waited_for_and_requested_by_the_next_worker(add, author):
    held, free = add(author=author), add(author=author)
    (before,) = versions(held)
    is_held, may_end = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Entry.objects.select_for_update().get(page=held.pk)
            is_held.set()
            may_end.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert is_held.wait(30)
        with transaction.atomic():
            author.name = "Miller"
            author.save()
        assert "miller" in terms_of(free)
        assert versions(held) == [before]
    finally:
        may_end.set()
        holder.join(30)
    drain()
    assert "miller" in terms_of(held)


def test_an_update_finds_what_sends_no_signal(add, author, build_index):
    page = add(author=author)
    Author.objects.update(name="Miller")
    assert "miller" not in terms_of(page)
    build_index()
    assert "miller" in terms_of(page)
    drain()


@pytest.mark.django_db(transaction=False)
def test_a_project_can_test_it_in_a_test_case(add, author, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        page = add(author=author)
    for name in ("miller", "baker"):
        author.name = name
        with django_capture_on_commit_callbacks(execute=True):
            author.save()
        assert name in terms_of(page)
