"""Another model, other dimensions, another way of cutting: a new generation beside the one that serves."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from tests.testapp.models import Embedding100
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.exceptions import MissingVectorTableError
from wagtail_vector_search.generations.lifecycle import (
    get_or_create_generation,
    new_generation,
    wait_for_older_transactions,
)
from wagtail_vector_search.generations.writable import get_writable_generations
from wagtail_vector_search.indexing import embedding_rows, pruning
from wagtail_vector_search.indexing.update import estimate_update
from wagtail_vector_search.models import Embedding256, Embedding384, Entry, EntryTerms, Generation

from .contents import chunks_of, generation, stored_from_scratch, stored_index

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(make_article):
    return make_article("Sailing", introduction="The boat crosses the sea.")


def test_the_same_settings_give_the_same_generation(page, build_index):
    build_index()
    build_index()
    assert Generation.objects.count() == 1


@pytest.mark.parametrize("change", [{"MODEL": "other"}, {"CHUNK_WORDS": 50}, {"CHUNK_OVERLAP": 5}])
def test_a_change_of_what_is_stored_makes_a_new_generation_and_deletes_the_old(page, build_index, configure, change):
    build_index()
    before = generation().pk
    configure(**change)
    build_index()
    assert generation().pk != before
    assert Generation.objects.count() == 1
    assert {chunk.generation_id for chunk in chunks_of(page)} == {generation().pk}


@pytest.mark.parametrize(
    "change", [{"OPTIONS": {"batch_size": 7}}, {"SEMANTIC_WEIGHT": 0.5}, {"PRIVATE_PAGES": True}, {"QUERY_DEADLINE": 2}]
)
def test_a_change_of_anything_else_keeps_the_generation(page, build_index, configure, provider, change):
    build_index()
    before = generation().pk
    configure(**change)
    assert build_index().indexed == 0
    assert generation().pk == before


OTHER_WORDS = {"ANALYZERS": {"en": "tests.analyzers.ShoutingAnalyzer"}}


def vectors_of(page):
    return {chunk.text: str(chunk.embedding) for chunk in chunks_of(page)}


def test_a_change_of_analyzer_makes_the_words_again_and_calls_no_provider(
    page, build_index, configure, provider, monkeypatch
):
    configure(CUTOFF=0.2)
    build_index()
    before, vectors, calibration = generation(), vectors_of(page), generation().background_similarity
    provider.reset()
    configure(CUTOFF=0.2, **OTHER_WORDS)
    assert build_index().indexed == 2
    assert provider.calls == 0
    assert generation().pk != before.pk
    assert vectors_of(page) == vectors
    assert generation().background_similarity == calibration
    assert "SEA" in EntryTerms.objects.get(page=page).terms
    assert stored_index() == stored_from_scratch(monkeypatch, build_index)


def test_a_dry_run_of_a_changed_analyzer_costs_nothing(page, build_index, configure):
    configure(CUTOFF=0.2)
    build_index()
    configure(CUTOFF=0.2, **OTHER_WORDS)
    estimate = estimate_update(get_index_settings(), "default")
    assert (estimate.pages, estimate.chunks, estimate.tokens, estimate.calls) == (2, 0, 0, 0)


def test_a_chunk_that_stays_is_not_embedded_again_when_pages_are_cut_differently(
    page, build_index, configure, provider
):
    build_index()
    provider.reset()
    configure(CHUNK_WORDS=50)
    build_index()
    assert provider.texts == []


def test_a_rebuild_embeds_everything_again(page, build_index, provider):
    build_index()
    provider.reset()
    build_index(rebuild=True)
    assert len(provider.texts) == 2


def test_a_page_edited_while_its_vectors_are_copied_is_found_by_its_new_text(page, build_index, configure, monkeypatch):
    build_index()
    configure(**OTHER_WORDS)
    plan = embedding_rows.plan_pages
    edited: list[object] = []

    def plan_and_edit(writable, pages):
        plans = plan(writable, pages)
        if writable.donor_id and not edited:
            edited.append(page)
            Embedding256.objects.filter(generation=writable.donor_id).delete()
        return plans

    monkeypatch.setattr("wagtail_vector_search.indexing.pipeline.plan_pages", plan_and_edit)
    build_index()
    assert edited
    assert [chunk.text for chunk in chunks_of(page)] == ["The boat crosses the sea."]


def test_other_dimensions_go_into_another_table(page, build_index, configure):
    build_index()
    configure(OPTIONS={"dimensions": 384})
    build_index()
    assert len(chunks_of(page, Embedding384)) == 1
    assert not Embedding256.objects.exists()
    assert generation().dimensions == 384


def test_a_table_of_the_project_is_found_by_its_dimensions(page, build_index, configure):
    configure(OPTIONS={"dimensions": 100})
    build_index()
    assert len(chunks_of(page, Embedding100)) == 1
    page.title = "Rowing"
    page.save_revision().publish()
    page.refresh_from_db()
    assert len(chunks_of(page, Embedding100)) == 1
    page.unpublish()
    assert not Embedding100.objects.filter(page=page.pk).exists()


def test_dimensions_without_a_table_are_refused_with_the_class_to_paste(page, build_index, configure):
    configure(OPTIONS={"dimensions": 123})
    with pytest.raises(MissingVectorTableError, match="class Embedding123"):
        build_index()
    assert not Generation.objects.exists()


def test_a_table_named_in_settings_must_fit(page, build_index, configure):
    configure(VECTOR_TABLE="testapp.Embedding100")
    with pytest.raises(MissingVectorTableError, match="256"):
        build_index()


def test_while_the_new_generation_is_built_publishes_go_to_both(
    page, build_index, configure, use_provider, monkeypatch
):
    build_index()
    configure(CHUNK_WORDS=50)
    get_or_create_generation(get_index_settings(), "default")
    page.introduction = "Bread is baked."
    page.save_revision().publish()
    states = Entry.objects.filter(page=page.pk)
    assert {(state.generation.state, state.state) for state in states} == {
        ("active", "indexed"),
        ("building", "indexed"),
    }
    assert [chunk.text for chunk in chunks_of(page)] == ["Bread is baked."] * 2
    page = type(page).objects.get(pk=page.pk)
    page.unpublish()
    assert chunks_of(page) == []


def test_each_generation_is_embedded_by_its_own_model(page, build_index, configure):
    build_index()
    configure(OPTIONS={"dimensions": 384})
    get_or_create_generation(get_index_settings(), "default")
    page.introduction = "Bread is baked."
    page.save_revision().publish()
    assert [chunk.text for chunk in chunks_of(page, Embedding256)] == ["Bread is baked."]
    assert [chunk.text for chunk in chunks_of(page, Embedding384)] == ["Bread is baked."]


def test_the_old_generation_serves_until_the_new_one_is_complete(page, build_index, configure, use_provider):
    build_index()
    before, stored = generation().pk, stored_index()
    use_provider("DownProvider")
    assert build_index().outage is not None
    assert generation("active").pk == before
    assert stored_index()[1] == stored[1]
    use_provider("HookedProvider")
    build_index()
    assert generation("active").pk != before
    assert Generation.objects.count() == 1


def test_going_back_to_the_old_settings_drops_what_was_being_built(page, build_index, configure):
    build_index()
    before = generation().pk
    configure(CHUNK_WORDS=50)
    build_index(page_ids=[page.pk])
    assert generation("building")
    configure(CHUNK_WORDS=100)
    build_index()
    assert Generation.objects.get().pk == before
    assert {chunk.generation_id for chunk in chunks_of(page)} == {before}


def test_a_rebuild_stores_everything_again_beside_the_serving_generation(page, build_index, provider):
    build_index()
    before = generation().pk
    stored = stored_index()
    provider.reset()
    report = build_index(rebuild=True)
    assert report.indexed == 2
    assert provider.calls == 1
    assert generation().pk != before
    assert stored_index() == stored


def test_an_interrupted_rebuild_is_continued(page, build_index, monkeypatch):
    build_index()
    building = get_or_create_generation(get_index_settings(), "default", rebuild=True)
    build_index(rebuild=True)
    assert generation("active").pk == building.pk


def test_an_index_that_left_the_settings_is_not_followed_any_more(page, build_index, settings):
    index = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index, "other": index}
    build_index("default")
    build_index("other")
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index}
    page.title = "Rowing"
    page.save_revision().publish()
    versions = dict(Entry.objects.filter(page=page.pk).values_list("generation__index_name", "requested_version"))
    assert versions["default"] > versions["other"]
    assert [writable.settings.index_name for writable in get_writable_generations("default")] == ["default"]


def test_an_edit_that_began_before_the_generation_existed_is_not_lost(page, build_index, monkeypatch, no_worker):
    """Its transaction asked for nothing, and what it saved could not be seen by a build that did not wait for it."""
    saved, may_commit = threading.Event(), threading.Event()

    def edit():
        try:
            with transaction.atomic():
                page.introduction = "The late edit."
                page.save_revision().publish()
                saved.set()
                may_commit.wait(20)
        finally:
            connection.close()

    editor = threading.Thread(target=edit)
    editor.start()
    assert saved.wait(20)
    monkeypatch.setattr("wagtail_vector_search.generations.lifecycle.time.sleep", lambda _: may_commit.set())
    build_index()
    editor.join(20)
    assert [chunk.text for chunk in chunks_of(page)] == ["The late edit."]


def test_waiting_for_editors_comes_to_an_end(page):
    opened, may_end = threading.Event(), threading.Event()

    def stay_open():
        try:
            with transaction.atomic():
                Generation.objects.first()
                opened.set()
                may_end.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=stay_open)
    thread.start()
    assert opened.wait(20)
    assert wait_for_older_transactions("default", seconds=0.1) is False
    may_end.set()
    thread.join(20)
    assert wait_for_older_transactions("default", seconds=5) is True


def test_the_fingerprint_is_of_what_shapes_the_rows(configure):
    first = new_generation(get_index_settings())
    configure(QUERY_DEADLINE=2)
    assert new_generation(get_index_settings()).fingerprint == first.fingerprint
    configure(CHUNK_WORDS=60)
    assert new_generation(get_index_settings()).fingerprint != first.fingerprint


def test_a_generation_that_a_transaction_keeps_locked_is_deleted_by_the_next_update(make_article, build_index):
    """Editors who come meanwhile would queue behind a deletion that waits."""
    make_article("Sailing")
    build_index()
    retired = Generation.objects.get()
    Generation.objects.filter(pk=retired.pk).update(state="retired")
    is_locked, may_end, is_over = threading.Event(), threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Generation.objects.select_for_update(no_key=True).filter(pk=retired.pk))
            is_locked.set()
            may_end.wait(10)
        is_over.set()
        connection.close()

    editor = threading.Thread(target=hold)
    editor.start()
    try:
        assert is_locked.wait(20)
        assert pruning.delete_generation(retired, "default") is None
        assert not is_over.is_set()
    finally:
        may_end.set()
        editor.join(20)
    assert pruning.delete_generation(retired, "default") is not None


@pytest.mark.parametrize(("seconds", "waits"), [(-3600, 0), (0, 2), (3600, 2)])
def test_a_clock_that_was_set_back_makes_no_update_wait_for_long(page, build_index, monkeypatch, seconds, waits):
    """Searches that began with what served before are waited for: by the time since it was replaced."""
    build_index()
    Generation.objects.update(activated_at=Now() + timedelta(seconds=seconds))
    slept: list[float] = []
    monkeypatch.setattr(pruning, "SEARCH_SECONDS", 1.0)
    monkeypatch.setattr("wagtail_vector_search.indexing.pruning.time.sleep", slept.append)
    pruning.wait_for_searches(get_index_settings(), "default")
    assert slept == [pytest.approx(waits, abs=0.5)]
