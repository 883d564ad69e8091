"""Pages that their own class keeps out of search: neither stored nor sent, and not found."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from tests.testapp.models import OptionalChildPage, OptionalPage
from wagtail_vector_search.admin.wording import describe_state
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.generations.lifecycle import find_generation
from wagtail_vector_search.generations.writable import WritableGeneration
from wagtail_vector_search.indexing.pipeline import examine
from wagtail_vector_search.indexing.survey import survey

from .contents import counted_frequencies, document_frequencies, is_stored, state_of

pytestmark = pytest.mark.django_db(transaction=True)

HIDING = [{"hide_from_search": True}, {"has_instance": False}]


@pytest.fixture
def make_optional(home):
    def make(title="Optional", model=OptionalPage, **fields):
        page = model(title=title, introduction="The boat crosses the sea.", **fields)
        return home.add_child(instance=page)

    return make


def reason_of(page):
    entry = state_of(page)
    return entry.state, entry.skip_reason


def find(query):
    return [page.title for page in Page.objects.filter(depth__gt=2).search(query, backend="hybrid")]


@pytest.mark.parametrize("hiding", HIDING)
@pytest.mark.parametrize("model", [OptionalPage, OptionalChildPage])
def test_a_page_that_its_class_keeps_out_is_neither_stored_nor_sent(
    make_optional, build_index, provider, model, hiding
):
    hidden, shown = make_optional("Hidden", model, **hiding), make_optional("Shown", model)
    build_index()
    assert (is_stored(hidden), reason_of(hidden)) == (False, ("skipped", "own_rule"))
    assert is_stored(shown)
    assert not any("Hidden" in text for text in provider.texts)


@pytest.mark.parametrize("hiding", HIDING)
def test_a_page_that_is_published_so_is_neither_stored_nor_sent(make_optional, build_index, provider, hiding):
    build_index()
    provider.reset()
    hidden = make_optional(**hiding)
    assert (is_stored(hidden), reason_of(hidden), provider.calls) == (False, ("skipped", "own_rule"), 0)


def test_the_reason_is_the_rule_also_for_a_page_that_was_a_draft(make_optional, build_index):
    page = make_optional(live=False, hide_from_search=True)
    build_index()
    page.save_revision().publish()
    assert reason_of(page) == ("skipped", "own_rule")


@pytest.mark.usefixtures("no_worker")
@pytest.mark.parametrize("hiding", HIDING)
@pytest.mark.parametrize("as_base_page", [False, True])
def test_what_is_stored_of_a_page_is_gone_with_the_edit_that_keeps_it_out(
    make_optional, build_index, hiding, as_base_page
):
    page = make_optional("Hidden from now on")
    build_index()
    assert find("boat") == ["Hidden from now on"]
    if as_base_page:
        OptionalPage.objects.update(**hiding)
        Page.objects.get(pk=page.pk).save()
    else:
        OptionalPage.objects.filter(pk=page.pk).update(**hiding)
        OptionalPage.objects.get(pk=page.pk).save_revision().publish()
    assert (is_stored(page), find("boat")) == (False, [])
    assert document_frequencies() == counted_frequencies()


def test_a_page_that_is_let_in_again_is_found_again(make_optional, build_index):
    page = make_optional(hide_from_search=True)
    build_index()
    page.hide_from_search = False
    page.save_revision().publish()
    assert (is_stored(page), reason_of(page)) == (True, ("indexed", ""))


def test_an_update_follows_a_rule_that_sent_no_signal(make_optional, build_index):
    page = make_optional()
    build_index()
    OptionalPage.objects.update(hide_from_search=True)
    assert build_index().removed == 1
    assert (is_stored(page), reason_of(page)) == (False, ("skipped", "own_rule"))
    assert build_index().removed == 0


def test_a_rule_costs_one_query_for_each_type_that_has_one_and_others_none(make_optional, make_article, build_index):
    pages = [make_optional(f"Optional {number}") for number in range(3)]
    pages += [make_optional(f"Child {number}", OptionalChildPage) for number in range(2)]
    pages += [make_article(f"Article {number}") for number in range(3)]
    build_index()
    settings = get_index_settings()
    writable = WritableGeneration(find_generation(settings, "default"), settings, "default")
    surveyed = survey(writable, [page.pk for page in pages])
    with CaptureQueriesContext(connection) as queries:
        examine(writable, surveyed)
    assert sum("hide_from_search" in query["sql"].partition("WHERE")[2] for query in queries) == 2


@pytest.mark.usefixtures("no_worker")
def test_a_publish_of_a_type_without_a_rule_asks_for_none(make_article, build_index, monkeypatch):
    page = make_article()
    build_index()
    monkeypatch.setattr("wagtail_vector_search.indexing.own_rules._find_indexed", None)
    page.save_revision().publish()
    assert state_of(page).state == "pending"


def test_a_page_whose_rule_fails_is_not_sent_and_fails_alone(make_optional, make_article, build_index, provider):
    page, article = make_optional(), make_article("Sailing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OptionalPage, "get_indexed_objects", classmethod(lambda _: 1 / 0))
        report = build_index(partial=True)
    assert (report.indexed, report.failed) == (2, 1)  # the home page and the article
    assert is_stored(article)
    assert state_of(page).last_error.startswith("ZeroDivisionError")
    assert not any("boat" in text for text in provider.texts)


def test_an_editor_publishes_a_page_whose_rule_fails(make_optional, build_index, caplog, monkeypatch):
    build_index()
    page = make_optional(live=False)
    monkeypatch.setattr("modelsearch.index.insert_or_update_object", lambda _: None)  # Wagtail's own search would fail
    broken = Page.objects.extra(where=["no_such_column = 1"])
    monkeypatch.setattr(OptionalPage, "get_indexed_objects", classmethod(lambda _: broken))
    page.save_revision().publish()
    page.refresh_from_db()
    assert page.live
    assert "OptionalPage cannot say which of its pages are searched." in caplog.text
    assert state_of(page).state == "failed"


def test_a_page_of_a_type_that_the_project_has_removed_is_left_out(make_article, build_index):
    page = make_article("Gone", introduction="The boat crosses the sea.")
    build_index()
    Page.objects.filter(pk=page.pk).update(
        content_type=ContentType.objects.get_or_create(app_label="testapp", model="gonepage")[0]
    )
    assert build_index().removed == 1
    assert (is_stored(page), reason_of(page)) == (False, ("skipped", "unknown_type"))
    assert find("boat") == []


def test_a_page_whose_class_gives_it_no_address_is_left_out(make_optional, build_index):
    folder, page = make_optional("Folder"), make_optional("Page")
    build_index()
    assert (folder.url, is_stored(folder), reason_of(folder)) == (None, False, ("skipped", "no_address"))
    assert is_stored(page)


def test_a_page_outside_every_site_is_stored_whatever_its_class_says_of_addresses(make_optional, home, build_index):
    root = home.get_parent()
    outside = root.add_child(instance=OptionalPage(title="Outside", slug="outside"))
    build_index()
    assert is_stored(outside)  # so that it is found as soon as a site is made


@pytest.mark.parametrize("reason", ["own_rule", "unknown_type", "no_address"])
def test_an_editor_is_told_why_such_a_page_is_left_out(reason):
    words = describe_state("skipped", reason)
    assert words.label in ("Own rule", "Type removed", "No address")
    assert words.sentence.startswith("Not in search because")
