"""django-easy-audit: listens to every save and deletion, of whatever model."""

import pytest
from django.core.management import call_command
from easyaudit.models import CRUDEvent

from tests.ecosystem.truth import assert_index_tells_the_truth, found
from wagtail_vector_search.health.events import record
from wagtail_vector_search.models import SearchEvent

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_are_indexed_as_they_are_published_and_deleted(make_article, build_index):
    build_index()
    article = make_article("Bicycle parking", introduction="Ask the caretaker.")
    article.save_revision().publish()
    assert found("caretaker") == [article.pk]
    article.delete()
    assert found("caretaker") == []
    assert_index_tells_the_truth()


def test_what_is_indexed_of_a_page_is_not_logged(make_article, build_index):
    build_index()
    article = make_article("Bicycle parking", introduction="Ask the caretaker.")
    article.save_revision().publish()
    call_command("update_vector_index", quiet=True)
    logged = set(CRUDEvent.objects.values_list("content_type__app_label", "content_type__model"))
    assert ("testapp", "articlepage") in logged
    ours = {model for app, model in logged if app == "wagtail_vector_search"}
    assert ours <= {"generation"}, ours


def test_an_event_of_a_search_is_no_error_in_the_log_of_the_audit(home, caplog):
    record(SearchEvent.Kind.DEGRADED, "default", seconds=60)
    assert SearchEvent.objects.exists()
    assert [entry.message for entry in caplog.records if entry.name.startswith("easyaudit")] == []


@pytest.mark.parametrize("command", ["update_vector_index", "process_vector_queue"])
def test_old_events_of_searches_are_deleted(home, build_index, command):
    build_index()
    record(SearchEvent.Kind.DEGRADED, "default", seconds=-3 * 24 * 60 * 60)
    call_command(command, quiet=True)
    assert not SearchEvent.objects.exists()
