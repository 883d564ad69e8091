"""What editors and scripts do to pages, and what is in the index at the next moment."""

import datetime
from unittest import mock

import pytest
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import ArticlePage, RichTextPage
from wagtail_vector_search.health import write_in_time
from wagtail_vector_search.indexing import entry_states, tasks
from wagtail_vector_search.indexing.worker import catch_up, process
from wagtail_vector_search.models import Entry

from .contents import chunks_of, counted_frequencies, document_frequencies, is_stored, state_of, terms_of, texts_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _built(build_index):
    build_index()


def publish(page, **fields):
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def test_a_published_revision_is_stored(make_article):
    page = make_article("Sailing", live=False)
    publish(page, introduction="The boat crosses the sea.")
    assert "boat" in terms_of(page)
    assert "crosses the sea" in texts_of(page)[0]
    assert (state_of(page).state, state_of(page).done_version) == ("indexed", state_of(page).requested_version)


def test_the_next_publish_replaces_what_is_stored(make_article):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    publish(page, introduction="Bread is baked from flour.")
    assert "boat" not in terms_of(page)
    assert not any("boat" in text for text in texts_of(page))
    assert document_frequencies() == counted_frequencies()


@pytest.mark.parametrize("language", ["fr", "zh-hans"])
def test_a_page_is_stored_in_its_own_language_whatever_the_editor_speaks(
    make_article, build_index, provider, monkeypatch, language
):
    monkeypatch.setattr(ArticlePage, "get_computed_text", lambda _: gettext("Monday"))
    page = make_article("Opening hours")
    stored, terms = texts_of(page), terms_of(page)
    provider.reset()
    with translation.override(language):
        publish(page)
    assert (texts_of(page), terms_of(page)) == (stored, terms)
    assert "Monday" in texts_of(page)[0]
    assert build_index().unchanged
    assert build_index().indexed == provider.calls == 0


def test_a_draft_changes_nothing(make_article, provider):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    provider.reset()
    page.introduction = "Not to be seen yet."
    page.save_revision()
    assert "boat" in terms_of(page)
    assert provider.calls == 0
    assert state_of(page).requested_version == 1


def test_a_page_scheduled_for_later_is_not_stored(make_article):
    page = make_article("Sailing", live=False)
    publish(page, go_live_at=timezone.now() + datetime.timedelta(days=1))
    assert not is_stored(page)


def test_a_live_page_scheduled_for_a_later_edit_keeps_what_visitors_see(make_article):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    publish(page)
    page.refresh_from_db()
    publish(page, introduction="From tomorrow on.", go_live_at=timezone.now() + datetime.timedelta(days=1))
    assert "boat" in terms_of(page)
    assert "tomorrow" not in terms_of(page)


@pytest.mark.parametrize("as_base_page", [False, True])
def test_unpublishing_takes_a_page_out(make_article, as_base_page):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    (Page.objects.get(pk=page.pk) if as_base_page else page).unpublish()
    assert not is_stored(page)
    assert (state_of(page).state, state_of(page).skip_reason) == ("skipped", "not_live")
    assert document_frequencies() == counted_frequencies()


def test_an_unpublished_page_is_gone_with_the_commit_whatever_happens_to_its_task(make_article, no_worker):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    with transaction.atomic():
        page.unpublish()
        assert not is_stored(page)
    assert not is_stored(page)


def test_an_expired_page_is_taken_out(make_article):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    page.unpublish(set_expired=True)
    assert not is_stored(page)


def test_a_page_published_again_comes_back(make_article):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    page.unpublish()
    publish(page)
    assert "boat" in terms_of(page)


def test_a_live_page_added_by_a_script_is_stored(make_article):
    assert is_stored(make_article("Sailing", introduction="The boat crosses the sea."))


def test_a_page_saved_by_a_script_is_stored_again(make_article):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    page.title = "Rowing"
    page.save()
    assert "row" in terms_of(page)


def test_a_page_saved_as_its_base_class_is_stored_with_all_it_says(make_article):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    base = Page.objects.get(pk=page.pk)
    base.title = "Rowing"
    base.save()
    assert {"row", "boat"} <= terms_of(page)


def test_a_page_made_unlive_by_a_script_is_taken_out(make_article):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    page.live = False
    page.save(update_fields=["live"])
    assert not is_stored(page)


def test_aliases_are_not_stored_and_publishing_their_source_leaves_them_out(make_article, home):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    alias = page.create_alias(parent=home, update_slug="the-same")
    publish(page, introduction="Bread is baked from flour.")
    alias.refresh_from_db()
    assert alias.live
    assert not is_stored(alias)
    assert is_stored(page)


def test_an_alias_made_a_page_of_its_own_is_stored(make_article, home):
    from wagtail.actions.convert_alias import ConvertAliasPageAction

    page = make_article("Sailing", introduction="The boat crosses the sea.")
    alias = page.create_alias(parent=home, update_slug="the-same")
    ConvertAliasPageAction(alias).execute()
    assert "boat" in terms_of(alias)


def test_a_copy_is_stored(make_article, home):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    assert "boat" in terms_of(page.copy(to=home, update_attrs={"slug": "copied"}))


def test_a_copy_that_is_a_draft_is_not_stored(make_article, home):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    assert not is_stored(page.copy(to=home, update_attrs={"slug": "copied"}, keep_live=False))


@pytest.mark.parametrize("live", [True, False])
def test_a_deleted_page_leaves_nothing(make_article, live):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    if not live:
        page.unpublish()
    key = page.pk
    page.delete()
    page.pk = key
    assert not is_stored(page)
    assert not Entry.objects.filter(page=key).exists()
    assert document_frequencies() == counted_frequencies()


def test_deleting_a_section_leaves_nothing_of_the_pages_below(make_article):
    section = make_article("Boats", introduction="All about boats.")
    child = make_article("Sailing", introduction="The boat crosses the sea.", parent=section)
    make_article("Sheets", introduction="Ropes on a boat.", parent=child)
    other = make_article("Bread", introduction="Baked from flour.")
    ArticlePage.objects.get(pk=section.pk).delete()
    assert document_frequencies() == counted_frequencies()
    assert set(Entry.objects.values_list("page_id", flat=True)) == {other.pk, other.get_parent().pk}


def test_deleting_by_queryset_leaves_nothing(make_article):
    make_article("Sailing", introduction="The boat crosses the sea.")
    ArticlePage.objects.all().delete()
    assert document_frequencies() == counted_frequencies()
    assert "boat" not in document_frequencies()


def test_a_rolled_back_edit_leaves_no_trace(make_article, provider):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    before = state_of(page).requested_version
    provider.reset()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish(page, introduction="Never to be seen.")
        raise ZeroDivisionError
    assert state_of(page).requested_version == before
    assert "boat" in terms_of(page)
    assert provider.calls == 0


def test_an_edit_after_a_rolled_back_savepoint_is_stored(make_article):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            publish(page, introduction="Never to be seen.")
            raise ZeroDivisionError
        page.refresh_from_db()
        publish(page, introduction="Bread is baked from flour.")
    assert "bread" in terms_of(page)


def test_unpublish_and_publish_in_one_transaction_end_published(make_article):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    with transaction.atomic():
        page.unpublish()
        publish(page)
    assert "boat" in terms_of(page)


def test_publish_and_unpublish_in_one_transaction_end_unpublished(make_article):
    page = make_article("Sailing", live=False)
    with transaction.atomic():
        publish(page, introduction="The boat crosses the sea.")
        ArticlePage.objects.get(pk=page.pk).unpublish()
    assert not is_stored(page)


def test_unchanged_chunks_keep_their_rows_and_cost_no_call(make_article, provider):
    words = " ".join(f"word{number}" for number in range(90))
    page = make_article("Sailing")
    headings = [("heading", "First"), ("paragraph", f"<p>{words}</p>"), ("heading", "Second")]
    publish(page, body=[*headings, ("paragraph", "<p>About boats.</p>")])
    before = chunks_of(page)
    provider.reset()
    publish(page, body=[*headings, ("paragraph", "<p>About bread.</p>")])
    after = chunks_of(page)
    assert [chunk.pk for chunk in after][:-1] == [chunk.pk for chunk in before][:-1]
    assert (provider.calls, len(provider.texts)) == (1, 1)
    assert "bread" in provider.texts[0]


def test_chunks_that_move_keep_their_vectors(make_article, provider):
    page = make_article("Sailing")
    boats = [("heading", "Boats"), ("paragraph", "<p>They swim.</p>")]
    bread = [("heading", "Bread"), ("paragraph", "<p>It is baked.</p>")]
    publish(page, body=[*boats, *bread])
    before = {chunk.text: (chunk.pk, str(chunk.embedding)) for chunk in chunks_of(page)}
    provider.reset()
    publish(page, body=[*bread, *boats])
    assert {chunk.text: (chunk.pk, str(chunk.embedding)) for chunk in chunks_of(page)} == before
    assert [chunk.heading for chunk in chunks_of(page)] == ["Bread", "Boats"]
    assert provider.calls == 0


def test_publishing_without_a_change_makes_no_call(make_article, provider):
    page = make_article("Sailing", introduction="The boat crosses the sea.")
    before = [chunk.pk for chunk in chunks_of(page)]
    provider.reset()
    publish(page)
    assert provider.calls == 0
    assert [chunk.pk for chunk in chunks_of(page)] == before
    assert state_of(page).state == "indexed"


def test_a_page_that_shrinks_keeps_no_chunk_of_before(make_article):
    page = make_article("Sailing", *[f"Paragraph {number} is about boats. " * 12 for number in range(6)])
    assert len(chunks_of(page)) == 3
    publish(page, body=[("paragraph", "<p>Short now.</p>")])
    assert texts_of(page) == ["Short now."]
    assert state_of(page).chunk_count == 1


def test_pages_whose_keys_begin_alike_do_not_touch_each_other(home):
    first = home.add_child(instance=ArticlePage(pk=90_001, title="One", introduction="The boat."))
    second = home.add_child(instance=ArticlePage(pk=900_010, title="Ten", introduction="The bread."))
    before = [chunk.pk for chunk in chunks_of(second)]
    publish(first, introduction="The sea.")
    first.delete()
    assert [chunk.pk for chunk in chunks_of(second)] == before
    assert "bread" in terms_of(second)


def test_a_page_without_a_word_is_left_out_and_says_why(home):
    page = home.add_child(instance=RichTextPage(title="\u200b", slug="empty", body=""))
    assert not is_stored(page)
    assert state_of(page).skip_reason == "empty"


def test_the_locale_chooses_the_language_of_the_words(make_article, home):
    from wagtail.models import Locale

    french = Locale.objects.create(language_code="fr")
    page = make_article("Chevaux", introduction="Les chevaux sautaient.", locale=french)
    assert {"cheval", "saut"} <= terms_of(page)


def test_page_types_left_out_in_settings_are_not_stored(make_article, home, configure):
    configure(EXCLUDE_PAGE_TYPES=["testapp.RichTextPage"])
    page = home.add_child(instance=RichTextPage(title="Notes", slug="notes", body="<p>Boats</p>"))
    assert not is_stored(page)
    assert state_of(page).skip_reason == "page_type"
    assert is_stored(make_article("Sailing"))


def test_only_page_types_named_in_settings_are_stored(make_article, home, configure):
    configure(PAGE_TYPES=["testapp.RichTextPage"])
    assert is_stored(home.add_child(instance=RichTextPage(title="Notes", slug="notes", body="<p>Boats</p>")))
    assert not is_stored(make_article("Sailing"))


def test_a_worker_that_an_editor_comes_between_tries_again_and_charges_no_page(make_article, no_worker, monkeypatch):
    """As PostgreSQL answers where transactions run at a stricter level than READ COMMITTED."""
    page = make_article("Sailing")
    finish = entry_states.finish
    refused: list[bool] = []

    def refuse_once(writable, pages):
        if not refused:
            refused.append(True)
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '40001'; END $$")
        finish(writable, pages)

    monkeypatch.setattr(entry_states, "finish", refuse_once)
    report = process()
    assert refused
    assert (report.failed, report.indexed) == (0, 1)
    assert state_of(page).attempts == 0


def test_a_section_closed_in_a_transaction_that_the_project_manages_itself_is_found_by_the_next_worker(
    make_article, monkeypatch
):
    page = make_article("Sailing")
    enqueued = mock.Mock()
    monkeypatch.setattr(tasks, "enqueue_pages", enqueued)
    transaction.set_autocommit(False)
    try:
        PageViewRestriction.objects.create(page=page.page_ptr, restriction_type="login")
        publish(page, introduction="The sea.")
        Page.objects.get(pk=page.pk).move(Page.objects.get(depth=2), pos="last-child")
        enqueued.assert_not_called()
        transaction.commit()
    finally:
        transaction.set_autocommit(True)
    catch_up("default")
    process()
    assert not is_stored(page)


def test_a_path_that_is_used_twice_in_one_transaction_leaves_the_document_frequencies_right(make_article, home):
    first = make_article("Sailing")
    with transaction.atomic():
        path = first.path
        Page.objects.get(pk=first.pk).delete()
        home.refresh_from_db()
        second = make_article("Rowing")
        assert second.path == path
        process([second.pk])
        Page.objects.get(pk=second.pk).delete()
    assert document_frequencies() == counted_frequencies()


def test_an_edit_is_kept_that_cannot_be_noted_in_time_in_a_transaction_that_the_project_manages_itself(
    make_article, caplog
):
    page = make_article("Sailing")

    def refuse():
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '55P03'; END $$")

    transaction.set_autocommit(False)
    try:
        ArticlePage.objects.filter(pk=page.pk).update(introduction="The sea.")
        write_in_time(refuse, "default")
        transaction.commit()
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)
    assert ArticlePage.objects.get(pk=page.pk).introduction == "The sea."
    assert "could not follow an edit" in caplog.text
