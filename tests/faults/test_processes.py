"""The harness itself: processes that run on the test database, stop where they are told to, and die when killed."""

import signal

import pytest
from wagtail.models import Page

from .processes import wait_until
from .snapshots import assert_index_equals_one_built_from_scratch, index_snapshot

PUBLISH = "tests.faults.editors.publish"


def test_a_process_sees_the_database_and_the_settings_of_its_test(processes, make_article, configure):
    make_article("Sailing")
    configure(MODEL="another-name")
    assert "another-name" in processes.command("vector_search_status").succeed()
    assert (
        "another-name"
        not in processes.command("vector_search_status", settings={"WAGTAIL_VECTOR_SEARCH": {}}).succeed()
    )


def test_a_process_stops_before_or_after_a_function_and_goes_on(processes, make_article, build_index, no_worker):
    page = make_article("Sailing")
    build_index()
    where = "wagtail_vector_search.indexing.pipeline.write_words:before"
    editor = processes.call(PUBLISH, page.pk, "The sea.")
    editor.succeed()
    worker = processes.command("update_vector_index", "--quiet", stop_at=[where, where.replace("before", "after")])
    assert worker.wait_until_stopped() == where
    assert not any("sea" in terms[1] for terms in index_snapshot().terms.values())
    worker.go_on()
    assert worker.wait_until_stopped() == where.replace("before", "after")
    assert any("sea" in terms[1] for terms in index_snapshot().terms.values())
    worker.go_on()
    worker.succeed()
    assert_index_equals_one_built_from_scratch()


def test_a_killed_process_leaves_nothing_uncommitted(processes, make_article):
    page = make_article("Sailing")
    editor = processes.call(
        "tests.faults.editors.publish_in_a_transaction",
        page.pk,
        "The sea.",
        stop_at="tests.faults.editors.publish:after",
    )
    editor.wait_until_stopped()
    assert editor.backends()
    editor.kill()
    assert editor.wait() == -signal.SIGKILL
    assert not editor.backends()
    page.refresh_from_db()
    assert page.introduction == ""


def test_what_a_process_says_is_kept_and_a_process_that_fails_is_noticed(processes, home):
    failing = processes.command("update_vector_index", "--index", "unknown")
    with pytest.raises(AssertionError, match="unknown"):
        failing.succeed()
    with pytest.raises(AssertionError, match="ended"):
        failing.wait_until_stopped()


def test_a_process_survives_the_end_of_its_connections_if_it_can(processes, make_article):
    page = make_article("Sailing")
    editor = processes.call(PUBLISH, page.pk, "The sea.", stop_at="tests.faults.editors.publish:after")
    editor.wait_until_stopped()
    assert editor.terminate_backends() == 1
    wait_until(lambda: not editor.backends(), "the connection has ended")
    editor.go_on()
    editor.wait()
    assert Page.objects.filter(pk=page.pk).exists()


def test_an_index_that_misses_an_edit_is_found_out(processes, make_article, build_index, no_worker):
    page = make_article("Sailing")
    build_index()
    assert_index_equals_one_built_from_scratch()
    processes.call(PUBLISH, page.pk, "The sea.").succeed()
    with pytest.raises(AssertionError):
        assert_index_equals_one_built_from_scratch()
    build_index()
    assert_index_equals_one_built_from_scratch()
    Page.objects.filter(pk=page.pk).update(title="Changed behind our back")
    with pytest.raises(AssertionError):
        assert_index_equals_one_built_from_scratch()
