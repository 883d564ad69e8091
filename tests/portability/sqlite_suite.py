"""Run by ``test_portability`` in a process of its own, with ``settings_sqlite``."""

from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import ArticlePage
from wagtail_vector_search.checks import check_vendor
from wagtail_vector_search.curation import RelatedPages
from wagtail_vector_search.retrieval import related_pages, search_pages, visible_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    page = ArticlePage(title="Copying nested dictionaries", introduction="How to copy deeply.")
    Page.objects.get(depth=2).add_child(instance=page)
    call_command("update_index", stdout=StringIO())
    return page


def test_the_check_says_what_is_missing():
    (message,) = check_vendor()
    assert message.id == "wagtail_vector_search.W001"


def test_no_check_speaks_of_the_tables_of_the_package():
    about_us = {
        message.id
        for message in run_checks(databases=["default"])
        if "wagtail_vector_search" in str(message.obj or message.id)
    }
    assert about_us <= {"wagtail_vector_search.W001", "wagtail_vector_search.I001", "wagtail_vector_search.I002"}


def test_a_process_logs_once_that_searches_are_answered_by_words(article, caplog):
    for _ in range(3):
        list(Page.objects.live().search("dictionaries", backend="hybrid"))
    told = [record for record in caplog.records if "answered by words alone" in record.getMessage()]
    assert len([record for record in told if record.levelname == "WARNING"]) <= 1


def test_a_page_can_be_published_edited_and_deleted(article):
    article.save_revision().publish()
    article.unpublish()
    article.delete()
    assert not ArticlePage.objects.exists()


@pytest.mark.parametrize("backend", ["hybrid", "semantic", "keyword"])
def test_searches_are_answered_by_keywords(article, backend):
    results = Page.objects.live().search("dictionaries", backend=backend)
    assert [page.pk for page in results] == [article.pk]
    assert results.count() == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [('"nested dictionaries"', 1), ("copy -loops", 1), ("copy -nested", 0)],
)
def test_phrases_and_exclusions_are_answered_by_keywords(article, query, count):
    assert Page.objects.live().search(query, backend="hybrid").count() == count


def test_a_quote_inside_other_quotes_is_no_error(article):
    assert Page.objects.live().search('“nested "big" dictionaries” -loops', backend="hybrid").count() < 2


def test_the_functions_behind_the_template_tags_do_not_fail(article):
    assert [page.pk for page in search_pages("dictionaries")] == [article.pk]
    assert related_pages(article) == []


def test_pages_that_an_editor_has_pinned_are_shown(article):
    other = article.get_parent().add_child(instance=ArticlePage(title="Other", slug="other"))
    article.related = RelatedPages(pinned=(other.pk, 999))
    article.save()
    assert [page.pk for page in related_pages(ArticlePage.objects.get(pk=article.pk))] == [other.pk]
    assert [page.pk for page in related_pages(Page.objects.get(pk=article.pk))] == [other.pk]


@pytest.mark.parametrize("backend", ["hybrid", "semantic", "keyword"])
def test_private_pages_are_found_by_their_visitors_only(article, backend):
    restriction = PageViewRestriction.objects.create(
        page=article.get_parent(), restriction_type="password", password="x"
    )
    key = PageViewRestriction.passed_view_restrictions_session_key
    for session, found in (({}, []), ({key: [restriction.pk]}, [article.pk])):
        pages = visible_to(SimpleNamespace(session=session), Page.objects.filter(depth__gt=2))
        assert [page.pk for page in pages] == found
        assert [page.pk for page in pages.search("dictionaries", backend=backend)] == found
    assert not Page.objects.search("dictionaries", backend=backend)


def test_the_status_says_that_there_are_no_vectors():
    output = StringIO()
    call_command("vector_search_status", stdout=output)
    assert "keywords only" in output.getvalue()


@pytest.mark.parametrize("command", ["update_vector_index", "process_vector_queue"])
def test_commands_that_index_say_what_to_do(command):
    with pytest.raises(Exception, match="PostgreSQL"):
        call_command(command)


def test_the_search_lab_says_that_it_has_nothing_to_compare(article, admin_client):
    response = admin_client.get("/admin/search-index/lab/", {"q": "dictionaries"})
    assert "cannot find pages by meaning" in response.content.decode()
    assert admin_client.get("/admin/search-index/lab/both/", {"q": "dictionaries", "weight": "0"}).status_code == 200


def test_the_report_says_that_there_is_no_index_and_the_home_page_nothing(article, admin_client):
    report = admin_client.get("/admin/search-index/report/")
    assert "There is no search index in the database of this site." in report.content.decode()
    assert admin_client.get("/admin/search-index/report/?export=csv").status_code == 200
    assert admin_client.post("/admin/search-index/report/reindex/", {"failed": "1"}).status_code == 302
    assert "search-attention" not in admin_client.get("/admin/").content.decode()


def test_the_panel_of_the_page_editor_says_that_there_is_nothing_to_show(article, admin_client):
    assert (
        'data-side-panel="wagtail_vector_search"'
        in admin_client.get(f"/admin/pages/{article.pk}/edit/").content.decode()
    )
    panel = f"/admin/search-index/pages/{article.pk}/"
    for response in (
        admin_client.get(panel),
        admin_client.get(f"{panel}question/", {"query": "dictionaries"}),
        admin_client.post(f"{panel}draft/"),
        admin_client.post(f"{panel}draft/question/", {"query": "dictionaries"}),
    ):
        assert "has not been set up yet" in response.content.decode()
