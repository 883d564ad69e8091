"""The moment in which a new index takes over, seen by visitors and editors, and runs that are killed around it."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from wagtail.models import Page

from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.models import Embedding256, Generation
from wagtail_vector_search.providers import get_provider_for

from .model_changes import MODELS, TEXTS, active, ask, assert_answered, make_site, stored_pages
from .processes import wait_until
from .snapshots import assert_index_equals_one_built_from_scratch, let_time_pass

PACKAGE = "wagtail_vector_search.indexing"
LIFECYCLE = "wagtail_vector_search.generations.lifecycle"
#: Pages go two by two, so that some are done and some are not.
SMALL_BATCHES = {f"{PACKAGE}.limits.BATCH_PAGES": 2}

#: Where a run is killed that builds an index for another model.
PLACES = {
    "before the first page": f"{LIFECYCLE}.get_or_create_generation:after",
    "before the call for the second batch": f"{PACKAGE}.pipeline.embed:before:2",
    "with the first batch stored": f"{PACKAGE}.embedding_rows.swap:after",
    "within the second batch": f"{PACKAGE}.entry_states.finish:after:2",
    "before the switch": f"{LIFECYCLE}.activate:before",
    "within the switch": f"{LIFECYCLE}.retire:after",
    "after the switch": f"{LIFECYCLE}.activate:after",
    "before the old rows are deleted": f"{PACKAGE}.pruning.delete_generation:before",
    "with some of the old rows deleted": f"{PACKAGE}.pruning.delete_some_pages:after",
}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(make_article, configure, build_index):
    """Pages with an index over them, made by the first model."""
    return make_site(make_article, configure, build_index)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_the_run_after_a_killed_one_goes_on_and_embeds_nothing_twice(site, configure, build_index, processes, place):
    before = active()
    configure(MODEL="second")
    update = processes.command("update_vector_index", "--quiet", stop_at=place, patches=SMALL_BATCHES)
    update.wait_until_stopped()
    update.kill()
    cache.clear()
    assert_answered()
    kept = Embedding256.objects.exclude(generation=before).count()
    let_time_pass()
    provider: Any = get_provider_for(get_index_settings())
    provider.reset()
    build_index()
    assert len(provider.texts) == len(site) + 1 - kept
    assert Generation.objects.get().configuration["model"] == "second"
    assert stored_pages(before) == (set(), set())
    assert_index_equals_one_built_from_scratch()


def test_no_process_ever_sees_two_generations_that_serve_or_none(site, configure, processes):
    """Halfway through the switch, with the old index retired and the new one not serving yet."""
    configure(MODEL="second")
    update = processes.command("update_vector_index", "--quiet", stop_at=f"{LIFECYCLE}.retire:after")
    update.wait_until_stopped()
    tally("looks at a switch under way")
    assert active().configuration["model"] == "first"
    cache.clear()
    assert_answered()
    update.go_on()
    update.succeed()
    assert active().configuration["model"] == "second"


def test_searches_before_during_and_after_the_switch_are_answered_by_one_model_each(site, configure, processes):
    """Visitors search without a pause while the index is built for one model after another."""
    outcomes: Counter[bool] = Counter()
    failures: list[Exception] = []
    over = threading.Event()

    def search():
        try:
            while not over.is_set():
                for title, text in TEXTS.items():
                    cache.clear()
                    titles, results = ask(text, "semantic")
                    outcomes[titles[:1] == [title] and not results.degraded] += 1
        except Exception as error:  # whatever it is, the visitor would have seen it
            failures.append(error)
        finally:
            connection.close()

    visitors = [threading.Thread(target=search) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    try:
        for change in ({"MODEL": "second"}, {"OPTIONS": {"dimensions": 384}}):
            configure(**change)
            processes.command("update_vector_index", "--quiet").succeed()
    finally:
        over.set()
        for visitor in visitors:
            visitor.join()
    tally("searches during a switch", outcomes.total())
    assert failures == []
    assert outcomes[True] > 20
    assert outcomes[False] == 0
    assert Generation.objects.count() == 1


def test_a_search_that_began_before_the_switch_finds_the_old_rows(site, configure, build_index, processes):
    configure(PROVIDER="tests.misbehaving.HookedProvider")
    build_index()
    before = active()
    waiting, may_go_on, found = threading.Event(), threading.Event(), []

    def wait():
        waiting.set()
        may_go_on.wait(30)

    def search():
        try:
            found.extend(ask(TEXTS["Baking"], "semantic")[0])
        finally:
            connection.close()

    provider: Any = get_provider_for(get_index_settings())
    provider.hook = wait
    visitor = threading.Thread(target=search)
    visitor.start()
    assert waiting.wait(30)
    configure(PROVIDER=MODELS, MODEL="second")
    update = processes.command("update_vector_index", "--quiet", stop_at=f"{PACKAGE}.pruning.prune:before")
    wait_until(lambda: active().pk != before.pk, "the switch")
    may_go_on.set()
    visitor.join(30)
    assert found[0] == "Baking"
    update.wait_until_stopped()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT extract(epoch FROM now() - max(activated_at)) FROM {Generation._meta.db_table}")
        assert cursor.fetchone()[0] >= get_index_settings().query_deadline + 1
    update.go_on()
    update.succeed()
    assert Generation.objects.count() == 1


def test_an_edit_that_is_under_way_during_the_switch_is_kept(site, configure, processes):
    """What its transaction has written for the old index would not be accepted once that is deleted."""
    configure(MODEL="second")
    update = processes.command(
        "update_vector_index",
        "--quiet",
        stop_at=[
            f"{LIFECYCLE}.activate:before",
            f"{LIFECYCLE}.wait_for_older_transactions:before:2",
        ],
    )
    update.wait_until_stopped()
    home = site[0].get_parent().pk
    editor = processes.call(
        "tests.faults.editors.add_in_a_transaction", home, "Kites", stop_at="tests.faults.editors.add:after"
    )
    editor.wait_until_stopped()
    update.go_on()
    update.wait_until_stopped()
    update.go_on()
    assert active().configuration["model"] == "second"
    editor.go_on()
    editor.succeed()
    update.succeed()
    page = ArticlePage.objects.get(title="Kites")
    assert Generation.objects.count() == 1
    assert stored_pages(active())[1] == {page.pk, home, *(other.pk for other in site)}


def test_two_runs_at_once_build_one_index(site, configure, processes):
    configure(MODEL="second")
    runs = [processes.command("update_vector_index", patches=SMALL_BATCHES) for _ in range(2)]
    outputs = [run.succeed() for run in runs]
    tally("runs at the same time", len(runs))
    assert sum("It serves searches now." in output for output in outputs) == 1
    assert not any("does not serve" in output for output in outputs)
    assert Generation.objects.get().configuration["model"] == "second"
    assert_index_equals_one_built_from_scratch()


def test_a_run_for_other_settings_ends_when_a_newer_one_has_begun(site, configure, processes):
    """As when a deployment is followed by another before its index is built."""
    configure(MODEL="second")
    stopped = processes.command(
        "update_vector_index", stop_at=f"{PACKAGE}.pipeline.embed:before:2", patches=SMALL_BATCHES
    )
    stopped.wait_until_stopped()
    configure(MODEL="third")
    processes.command("update_vector_index", "--quiet").succeed()
    stopped.go_on()
    assert stopped.wait() == 1
    assert "retired the generation" in stopped.output
    assert Generation.objects.get().configuration["model"] == "third"
    assert stored_pages(active())[1] == set(Page.objects.filter(depth__gt=1).values_list("pk", flat=True))
