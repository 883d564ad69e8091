"""``vector_search_status`` tells how searches fared."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.exceptions import ProviderConfigurationError
from wagtail_vector_search.health import circuit_key, count_degraded, get_health, record_query_failure, take_call
from wagtail_vector_search.models import Generation, SearchEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _built(make_article, build_index):
    make_article("Sailing")
    build_index()


def status(*args):
    output = StringIO()
    call_command("vector_search_status", *args, stdout=output)
    return output.getvalue()


def wait(**past):
    age = timedelta(**past)
    SearchEvent.objects.update(created_at=F("created_at") - age, expires_at=F("expires_at") - age)


def assert_check_fails(because):
    assert because in status()
    with pytest.raises(SystemExit) as stopped:
        status("--check")
    assert stopped.value.code == 1


def test_without_events_there_is_no_problem():
    assert "no search in the last hour" in status("--check")


def test_degraded_searches_are_a_problem_for_a_quarter_of_an_hour_and_told_for_an_hour():
    count_degraded("default", "deadline")
    assert_check_fails("in the last 15 minutes: 1 deadline")
    wait(minutes=16)
    assert "1 deadline in the last hour" in status("--check")
    wait(minutes=45)
    assert "no search in the last hour" in status("--check")


def test_an_open_circuit_is_a_problem_and_its_error_is_told():
    provider = circuit_key(Generation.objects.get().configuration)
    record_query_failure(provider, ProviderConfigurationError("Wrong key."))
    assert_check_fails("circuit breaker is open until")
    assert "ProviderConfigurationError: Wrong key." in status()
    wait(seconds=31)
    assert "ProviderConfigurationError: Wrong key." in status("--check")


def test_calls_of_searches_are_counted():
    for _ in range(3):
        take_call(get_index_settings())
    assert "taken by searches in the last hour" in status()
    assert get_health("default", "", "default").embedding_calls >= 3


def test_a_database_without_the_table_is_told_what_to_do():
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {SearchEvent._meta.db_table} RENAME TO elsewhere")
    assert 'lacks "wagtail_vector_search_searchevent"' in status()


@pytest.mark.parametrize("command", ["update_vector_index", "process_vector_queue"])
def test_the_commands_that_index_delete_old_rows(command):
    count_degraded("default", "deadline")
    wait(days=2)
    call_command(command, quiet=True)
    assert not SearchEvent.objects.exists()
