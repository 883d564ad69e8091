"""Whole sections are closed and opened while their pages are published, in whatever order: no editor is thrown out."""

import pytest
from django.core.management import call_command
from django.db import connection

from tests.faults import editors
from tests.tally import tally

from .processes import wait_until
from .snapshots import assert_index_equals_one_built_from_scratch, index_snapshot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker")]

DO = "tests.faults.editors.do_in_one_transaction"


@pytest.fixture
def sections(make_article):
    """Two sections with a page each; the sections come before the pages, and the first page before the second."""
    made = [make_article("First section"), make_article("Second section")]
    return [(section, make_article(f"Page in {section}", introduction="The boat.", parent=section)) for section in made]


def a_lock_is_waited_for():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("action", ["make_private", "lift_restrictions"])
def test_sections_closed_or_opened_together_while_their_pages_are_published_together(
    processes, sections, build_index, action
):
    (first_section, first), (second_section, second) = sections
    if action == "lift_restrictions":
        for section, _ in sections:
            editors.make_private(section.pk)
    build_index()
    publishing = processes.call(
        DO,
        [["publish", second.pk, "The sea."], ["publish", first.pk, "The bread."]],
        stop_at="tests.faults.editors.do:after",
    )
    publishing.wait_until_stopped()
    closing = processes.call(
        DO, [[action, first_section.pk], [action, second_section.pk]], stop_at="tests.faults.editors.do:after:2"
    )
    closing.wait_until_stopped(timeout=15)
    publishing.go_on()
    publishing.succeed()  # without waiting
    closing.go_on()
    closing.succeed()
    tally("circles of locks")
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


def test_a_section_is_closed_and_its_page_saved_while_another_editor_publishes_that_page(
    processes, sections, build_index
):
    section, page = sections[0]
    build_index()
    closing = processes.call(
        DO, [["make_private", section.pk], ["rename", page.pk, "Sailing"]], stop_at="tests.faults.editors.do:after:1"
    )
    closing.wait_until_stopped(timeout=15)
    publishing = processes.call(DO, [["publish", page.pk, "The sea."]], stop_at="tests.faults.editors.do:after")
    publishing.wait_until_stopped(timeout=15)
    closing.go_on()
    wait_until(a_lock_is_waited_for, "one editor waits for the other at the page")
    publishing.go_on()
    publishing.succeed()
    closing.succeed()
    tally("circles of locks")
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


def test_an_editor_who_saves_fields_before_publishing_is_not_thrown_out_by_an_update(processes, sections, build_index):
    """Saving some fields locks the entry and not the page, which the update locks before entries."""
    _, page = sections[0]
    build_index()
    editors.publish(page.pk, "The sea.")
    editor = processes.call(
        DO,
        [["save_introduction", page.pk, "The bread."], ["publish", page.pk, "The oven."]],
        stop_at="tests.faults.editors.do:after:1",
    )
    editor.wait_until_stopped(timeout=15)
    processes.command("update_vector_index", "--quiet").succeed()  # does not wait for the entry
    editor.go_on()
    editor.succeed()
    tally("circles of locks")
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


def test_a_long_transaction_that_closes_a_section_holds_up_no_update_and_no_other_editor(
    processes, sections, build_index
):
    (section, page), (_, other) = sections
    build_index()
    editors.rename_silently(page.pk, "Rowing")
    closing = processes.call(DO, [["make_private", section.pk]], stop_at="tests.faults.editors.do:after")
    closing.wait_until_stopped(timeout=15)
    processes.command("update_vector_index", "--quiet").succeed()
    editors.publish(page.pk, "The sea.")
    editors.publish(other.pk, "The bread.")
    closing.go_on()
    closing.succeed()
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


#: Where a worker knows whether the page is private, and has not written it: without the page, and with it in its hands.
LOOKED = [
    "wagtail_vector_search.indexing.survey.survey:after",
    "wagtail_vector_search.indexing.entry_states.hold:after",
]


@pytest.mark.parametrize("place", LOOKED, ids=["looked", "writing"])
@pytest.mark.parametrize("action", ["make_private", "lift_restrictions"])
def test_a_section_closed_or_opened_after_a_worker_has_looked(processes, sections, build_index, action, place):
    section, page = sections[0]
    if action == "lift_restrictions":
        editors.make_private(section.pk)
    build_index()
    editors.publish(page.pk, "The sea.")
    worker = processes.command("process_vector_queue", "--quiet", stop_at=place)
    worker.wait_until_stopped()
    closing = processes.call(f"tests.faults.editors.{action}", section.pk)
    closing.succeed()
    worker.go_on()
    worker.succeed()
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


def test_pages_that_an_editor_held_are_taken_out_after_the_commit(processes, sections, build_index):
    """An editor saves a page, the section is closed meanwhile, and the editor rolls back."""
    section, page = sections[0]
    build_index()
    editor = processes.call(DO, [["publish", page.pk, "The sea."]], stop_at="tests.faults.editors.do:after")
    editor.wait_until_stopped()
    closing = processes.call(DO, [["make_private", section.pk]], stop_at="tests.faults.editors.do:after")
    closing.wait_until_stopped(timeout=15)
    editor.kill()
    assert page.pk in index_snapshot().terms
    closing.go_on()
    closing.succeed()
    call_command("process_vector_queue", quiet=True)
    assert page.pk not in index_snapshot().terms
    assert_index_equals_one_built_from_scratch()
