"""Workers that are killed (``kill -9``) at each step: the next one does what they left, and the index is right."""

import pytest
from django.core.management import call_command

from tests.faults import editors
from tests.kept import kept
from tests.testapp.models import ArticlePage
from wagtail_vector_search.models import Entry, Generation

from .snapshots import assert_index_equals_one_built_from_scratch, index_snapshot, let_time_pass

PACKAGE = "wagtail_vector_search"

#: Where a page passes on its way into the index.
STEPS = {
    "with the words written, before the commit": f"{PACKAGE}.indexing.keyword_rows.replace_terms:after",
    "between the words and the vectors": f"{PACKAGE}.indexing.pipeline.write_words:after",
    "before the call of the provider": f"{PACKAGE}.indexing.pipeline.embed:before",
    "during the call of the provider": f"{PACKAGE}.providers.deterministic.DeterministicProvider._embed:before",
    "after the call of the provider": f"{PACKAGE}.indexing.pipeline.embed:after",
    "with the old rows deleted, before the commit": f"{PACKAGE}.indexing.embedding_rows.new_rows:before",
    "with the rows swapped, before the commit": f"{PACKAGE}.indexing.entry_states.finish:after",
    "after the commit": f"{PACKAGE}.indexing.embedding_rows.swap:after",
}
CLAIMING = {
    "before the claim": f"{PACKAGE}.indexing.entry_states.claim:before",
    "after the claim": f"{PACKAGE}.indexing.entry_states.claim:after",
}
SURVEYING = {
    "before the claim": f"{PACKAGE}.indexing.entry_states.claim_surveyed:before",
    "after the claim": f"{PACKAGE}.indexing.entry_states.claim_surveyed:after",
}
COMPLETING = {
    "with a generation that has no page yet": f"{PACKAGE}.generations.lifecycle.get_or_create_generation:after",
    "before the statistics": f"{PACKAGE}.indexing.statistics.refresh_term_frequencies:before",
    "within the statistics": f"{PACKAGE}.indexing.statistics.count_stored_pages:before",
    "before it serves": f"{PACKAGE}.generations.lifecycle.activate:before",
    "after it serves": f"{PACKAGE}.generations.lifecycle.activate:after",
}
#: Pages go two by two, so that some are done and some are not.
SMALL_BATCHES = {f"{PACKAGE}.indexing.limits.BATCH_PAGES": 2}

pytestmark = pytest.mark.django_db(transaction=True)


def places(steps):
    return pytest.mark.parametrize("place", steps.values(), ids=steps.keys())


@pytest.fixture
@kept
def site(make_article, no_worker):
    """Pages of one chunk and of several."""
    long = " ".join(f"word{number}" for number in range(400))
    return [make_article(f"Page {number}", f"The boat {number}.", long if number % 2 else "") for number in range(4)]


@pytest.fixture
@kept
def edited(site, build_index, home):
    """An index with several edits that no worker has processed yet."""
    build_index()
    editors.publish(site[0].pk, "The sea.")
    shorter = ArticlePage.objects.get(pk=site[1].pk)
    shorter.body = [("paragraph", "<p>Nothing but bread.</p>")]
    shorter.save_revision().publish()
    editors.publish(site[2].pk, "")
    editors.unpublish(site[3].pk)
    home.add_child(instance=ArticlePage(title="New", slug="new", introduction="Flour and an oven."))
    return site


@places({**CLAIMING, **STEPS})
@pytest.mark.usefixtures("edited")
def test_what_a_killed_worker_leaves_is_done_by_the_next(processes, place):
    before = index_snapshot().chunks
    worker = processes.command("process_vector_queue", "--quiet", stop_at=place)
    worker.wait_until_stopped()
    worker.kill()
    assert (index_snapshot().chunks == before) == (place != STEPS["after the commit"])
    let_time_pass()
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


@places({key: STEPS[key] for key in ("between the words and the vectors", "during the call of the provider")})
def test_a_page_edited_again_after_its_worker_was_killed_does_not_wait(processes, edited, place):
    worker = processes.command("process_vector_queue", "--quiet", stop_at=place)
    worker.wait_until_stopped()
    worker.kill()
    for page in ArticlePage.objects.filter(live=True):
        editors.publish(page.pk, "Edited once more.")
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


@places({**SURVEYING, **STEPS, **COMPLETING})
@pytest.mark.usefixtures("site")
def test_a_first_build_that_is_killed_is_continued_by_the_next(processes, place):
    update = processes.command("update_vector_index", "--quiet", stop_at=place, patches=SMALL_BATCHES)
    update.wait_until_stopped()
    update.kill()
    call_command("update_vector_index", quiet=True)
    assert Generation.objects.count() == 1
    assert_index_equals_one_built_from_scratch()


@places({**SURVEYING, **STEPS})
def test_a_repair_that_is_killed_is_continued_by_the_next(processes, site, build_index, place):
    build_index()
    ArticlePage.objects.filter(pk__in=[site[0].pk, site[1].pk]).update(introduction="Changed without a signal.")
    ArticlePage.objects.filter(pk=site[2].pk).update(live=False)
    Entry.objects.filter(page=site[3].pk).delete()
    update = processes.command("update_vector_index", "--quiet", stop_at=place, patches=SMALL_BATCHES)
    update.wait_until_stopped()
    update.kill()
    call_command("update_vector_index", quiet=True)
    assert_index_equals_one_built_from_scratch()


def test_the_page_of_a_killed_worker_is_not_claimed_until_its_lease_has_run_out(processes, edited):
    worker = processes.command("process_vector_queue", "--quiet", stop_at=CLAIMING["after the claim"])
    worker.wait_until_stopped()
    worker.kill()
    before = index_snapshot()
    call_command("process_vector_queue", quiet=True)
    assert index_snapshot() == before
    let_time_pass()
    call_command("process_vector_queue", quiet=True)
    assert index_snapshot() != before


@places({**SURVEYING, "during the call of the provider": STEPS["during the call of the provider"]})
def test_an_update_whose_connection_ends_is_continued_by_the_next(processes, edited, place):
    ArticlePage.objects.filter(pk=edited[1].pk).update(introduction="Changed without a signal.")
    update = processes.command("update_vector_index", "--quiet", stop_at=place)
    update.wait_until_stopped()
    update.terminate_backends()
    update.go_on()
    update.wait()
    call_command("update_vector_index", quiet=True)
    assert_index_equals_one_built_from_scratch()
