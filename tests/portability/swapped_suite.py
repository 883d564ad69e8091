"""Run by ``test_portability`` in a process of its own, with ``settings_swapped``."""

from io import StringIO

import pytest
from django.core.management import call_command
from wagtail.models import Locale, PageViewRestriction, Site
from wagtail.test.basepage.models import BasePage

from tests.portability.swappedapp.models import StoryPage
from wagtail_vector_search.curation import RelatedPages
from wagtail_vector_search.retrieval import related_pages

pytestmark = pytest.mark.django_db(transaction=True)

STORIES = {
    "Sailing": "The boat sails across the open sea in a strong wind.",
    "Harbour": "A boat rests in the harbour while the sea is rough.",
    "Bread": "Flour, water and salt become bread in a hot oven.",
}


@pytest.fixture
def stories():
    Locale.objects.get_or_create(language_code="en")
    root = BasePage.add_root(instance=BasePage(title="Root", slug="root"))
    Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)
    pages = {title: root.add_child(instance=StoryPage(title=title, text=text)) for title, text in STORIES.items()}
    call_command("update_vector_index", stdout=StringIO())
    return pages


def test_no_migration_is_missing():
    call_command("makemigrations", "wagtail_vector_search", check=True, dry_run=True, stdout=StringIO())


def test_pages_are_indexed_and_found(stories):
    results = BasePage.objects.live().search("boat on the sea", backend="hybrid")
    assert {page.title for page in results[:2]} == {"Sailing", "Harbour"}
    assert isinstance(StoryPage.objects.live().search("bread oven", backend="hybrid")[0], StoryPage)


def test_related_pages_and_restrictions(stories):
    assert related_pages(stories["Sailing"], limit=1)[0].title == "Harbour"
    choice = RelatedPages(pinned=(stories["Bread"].pk,), hidden=(stories["Harbour"].pk,))
    chosen = [page.title for page in related_pages(stories["Sailing"], choice=choice)]
    assert chosen[0] == "Bread"
    assert "Harbour" not in chosen
    PageViewRestriction.objects.create(page=stories["Harbour"], restriction_type="login")
    assert "Harbour" not in {page.title for page in BasePage.objects.search("boat harbour", backend="hybrid")}


def test_a_published_edit_is_found(stories):
    page = stories["Bread"]
    page.text = "A zebra lives in the savannah."
    page.save_revision().publish()
    assert BasePage.objects.search("zebra", backend="hybrid")[0].title == "Bread"


def test_the_search_lab_finds_pages(stories, admin_client):
    content = admin_client.get("/admin/search-index/lab/", {"q": "oven"}).content.decode()
    assert f'data-vs-page="{stories["Bread"].pk}"' in content
    assert f"/admin/pages/{stories['Bread'].pk}/edit/" in content


def test_the_report_lists_pages_and_has_them_indexed_again(stories, admin_client):
    rows = admin_client.get("/admin/search-index/report/?ordering=section").context["object_list"]
    assert {row.title: row.edit_url for row in rows} == {
        title: f"/admin/pages/{page.pk}/edit/" for title, page in stories.items()
    }
    reindexed = {"only": str(stories["Bread"].pk)}
    answer = admin_client.post("/admin/search-index/report/reindex/", reindexed, follow=True)
    assert "1 page is being indexed again" in answer.content.decode()
    assert admin_client.get("/admin/").status_code == 200


def test_the_panel_of_the_page_editor_shows_a_page_and_its_draft(stories, admin_client):
    page = stories["Bread"]
    draft = page.get_latest_revision_as_object()
    draft.text = "A zebra lives in the savannah."
    draft.save_revision()
    assert "wvs-editor" in admin_client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    panel = f"/admin/search-index/pages/{page.pk}/"
    assert "oven" in admin_client.get(panel).content.decode()
    answer = admin_client.get(f"{panel}question/", {"query": "oven"}).content.decode()
    assert "Yes: result 1 of" in answer
    assert "zebra" in admin_client.post(f"{panel}draft/").content.decode()
    answer = admin_client.post(f"{panel}draft/question/", {"query": "zebra"}).content.decode()
    assert "Yes: result 1 of" in answer
