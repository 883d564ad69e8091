"""Another provider, model, dimension or way of cutting: the old index serves until the new one takes over."""

from typing import Any

import pytest
from django.core.cache import cache
from wagtail.models import Page, PageViewRestriction

from tests.misbehaving import GrowingProvider, ModelsProvider
from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import Entry, Generation, SearchEvent
from wagtail_vector_search.providers import reset_providers
from wagtail_vector_search.retrieval import related_pages

from .model_changes import (
    CHANGES,
    MODELS,
    TEXTS,
    active,
    ask,
    assert_answered,
    building,
    make_site,
    state_in,
    stored_pages,
    texts_stored,
)
from .snapshots import assert_index_equals_one_built_from_scratch

pytestmark = pytest.mark.django_db(transaction=True)

every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())


@pytest.fixture
def site(make_article, configure, build_index):
    """Pages with an index over them, made by the first model."""
    pages = make_site(make_article, configure, build_index)
    ModelsProvider.asked.clear()
    return pages


@pytest.fixture
def change_model(configure, build_index, site):
    """Return a function that changes the settings and builds the new index, all but the last step."""

    def start(**changes):
        tally("model changes")
        configure(**changes)
        build_index(page_ids=[page.pk for page in Page.objects.filter(depth__gt=1)])
        ModelsProvider.asked.clear()

    return start


def asked_for_queries():
    return {call[:3] for call in ModelsProvider.asked if call[3] == "query"}


@every_change
def test_queries_are_embedded_by_the_model_that_embedded_the_pages(change_model, build_index, change):
    change_model(**change)
    assert_answered()
    assert asked_for_queries() == {("ModelsProvider", "first", 256)}
    build_index()
    assert_answered()  # this process finds out which generation serves
    ModelsProvider.asked.clear()
    cache.clear()
    assert_answered()
    provider = change.get("PROVIDER", MODELS).rpartition(".")[2]
    width = change.get("OPTIONS", {}).get("dimensions", 256)
    assert asked_for_queries() == {(provider, change.get("MODEL", "first"), width)}


@every_change
def test_the_new_index_takes_over_and_the_old_one_goes(site, configure, build_index, change):
    before = active()
    configure(**change)
    build_index()
    assert active().pk != before.pk
    assert Generation.objects.count() == 1
    assert stored_pages(before) == (set(), set())
    assert_index_equals_one_built_from_scratch()


@every_change
def test_a_publish_reaches_both_indexes(site, change_model, change):
    change_model(**change)
    page = ArticlePage.objects.get(pk=site[0].pk)
    page.introduction = "A kite needs wind."
    page.save_revision().publish()
    assert texts_stored(active(), page) == texts_stored(building(), page) == ["A kite needs wind."]
    assert ask("kite wind")[0][0] == "Sailing"


@every_change
def test_pages_that_go_are_gone_from_both_indexes(site, change_model, change):
    change_model(**change)
    sailing, baking, climbing, weaving = (ArticlePage.objects.get(pk=page.pk) for page in site)
    kept = {weaving.pk, weaving.get_parent().pk}
    sailing.unpublish()
    PageViewRestriction.objects.create(page=baking, restriction_type="login")
    climbing.delete()
    for generation in (active(), building()):
        assert stored_pages(generation) == (kept, kept)
    assert not {"Sailing", "Baking", "Climbing"} & set(ask("boat bread ropes loom")[0])


def test_a_new_page_gets_into_both_indexes(change_model, make_article):
    change_model(MODEL="second")
    page = make_article("Kites", introduction="A kite needs wind.")
    assert state_in(active(), page) == state_in(building(), page) == "indexed"


def test_there_and_back_again(site, configure, build_index):
    changes: list[dict[str, Any]] = [
        {"OPTIONS": {"dimensions": 384}},
        {"OPTIONS": {}},
        {"MODEL": "second"},
        {"MODEL": "first"},
    ]
    for change in changes:
        tally("model changes")
        configure(**change)
        build_index()
        cache.clear()
        assert_answered()
        assert_index_equals_one_built_from_scratch()
    assert active().dimensions == 256


def test_settings_changed_back_leave_the_index_that_serves_and_embed_nothing(
    site, change_model, configure, build_index
):
    before = active()
    change_model(MODEL="second")
    configure(MODEL="first")
    assert build_index().indexed == 0
    assert ModelsProvider.asked == []
    assert Generation.objects.get().pk == before.pk
    assert_answered()


def test_settings_changed_again_begin_a_new_build_while_the_first_index_serves(
    site, change_model, configure, build_index
):
    before = active()
    change_model(MODEL="second")
    given_up = building()
    configure(MODEL="third")
    build_index(page_ids=[site[0].pk])
    assert active().pk == before.pk
    assert building().pk != given_up.pk
    build_index()
    assert Generation.objects.get().configuration["model"] == "third"
    assert stored_pages(given_up) == (set(), set())


def test_rows_of_a_retired_index_never_come_back(site, configure, build_index, monkeypatch):
    """As after a run that was killed between the switch and the clearing up. Its vectors are of the same model."""
    monkeypatch.setattr("wagtail_vector_search.indexing.update.free_retired", lambda *_: [])
    configure(CHUNK_WORDS=50)
    build_index()
    retired = Generation.objects.get(state="retired")
    page = ArticlePage.objects.get(pk=site[0].pk)
    page.introduction = "A kite needs wind."
    page.save_revision().publish()
    assert texts_stored(retired, page) == [TEXTS["Sailing"]]
    for backend in ("hybrid", "semantic", "keyword"):
        titles, results = ask("The boat crosses the sea.", backend)
        assert titles[:1] != ["Sailing"]
        assert len(titles) == len(set(titles))
        assert not any("boat" in found.search_passage.text for found in results if found.search_passage)
    page = ArticlePage.objects.get(pk=site[3].pk)
    page.introduction = TEXTS["Sailing"]
    page.save_revision().publish()
    assert {other.title: other.search_score for other in related_pages(page)}["Sailing"] < 0.6
    assert "Sailing" not in ask("boat", "keyword")[0]


def test_a_provider_that_cannot_be_set_up_any_more_takes_nothing_but_freshness(site, change_model, monkeypatch):
    change_model(PROVIDER="tests.misbehaving.OtherModelsProvider")
    monkeypatch.delattr("tests.misbehaving.ModelsProvider")
    reset_providers()
    cache.clear()
    page = ArticlePage.objects.get(pk=site[0].pk)
    page.introduction = "A kite needs wind."
    page.save_revision().publish()
    process([page.pk])
    state = Entry.objects.get(generation=active(), page=page.pk)
    assert (state.state, state.attempts) == ("pending", 1)
    assert "cannot be imported" in state.last_error
    assert state_in(building(), page) == "indexed"
    titles, results = ask("kite")
    assert titles == ["Sailing"]
    assert results.degraded


@pytest.fixture
def grown(site, use_provider, build_index):
    """The service of the index that serves has begun to return vectors of another width."""
    use_provider("GrowingProvider")
    build_index()
    GrowingProvider.width = 384
    yield site
    GrowingProvider.width = 256


def test_a_model_that_changes_its_width_takes_nothing_but_freshness(grown, no_worker, build_index):
    tally("model changes")
    page = ArticlePage.objects.get(pk=grown[0].pk)
    page.introduction = "A kite needs wind."
    page.save_revision().publish()
    cache.clear()
    titles, results = ask("bread oven")
    assert titles[0] == "Baking"
    assert results.degraded
    assert Entry.objects.get(generation=active(), page=page.pk).state == "pending"


def test_a_model_that_changes_its_width_gets_a_new_index_with_the_next_update(grown, build_index):
    before = active()
    ask("bread oven")
    reset_providers()
    SearchEvent.objects.all().delete()  # as after half a minute
    build_index()
    assert active().pk != before.pk
    assert active().dimensions == 384
    cache.clear()
    assert_answered()


def test_the_error_of_a_changed_width_says_what_to_do(grown):
    page = ArticlePage.objects.get(pk=grown[0].pk)
    page.introduction = "A kite needs wind."
    page.save_revision().publish()
    process([page.pk])
    state = Entry.objects.get(page=page.pk)
    assert state.state == "pending"
    assert "dimensions" in state.last_error
    assert "python manage.py update_vector_index" in state.last_error
    assert ask("kite", "keyword")[0] == ["Sailing"]


def test_the_model_of_the_package_takes_over_from_another_and_gives_back(site, configure, build_index):
    pytest.importorskip("wordllama")
    configure(PROVIDER="wagtail_vector_search.providers.llm.LLMProvider", MODEL="wordllama")
    build_index()
    assert active().configuration["model"] == "wordllama"
    cache.clear()
    assert_answered()
    configure(PROVIDER=MODELS, MODEL="first")
    assert_answered()
    build_index()
    cache.clear()
    assert_answered()
