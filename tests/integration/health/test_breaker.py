"""When the circuit breaker of a provider opens, and for how long."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.signals import post_delete

from wagtail_vector_search.exceptions import (
    MAX_RETRY_AFTER,
    BatchTooLargeError,
    DimensionsError,
    InvalidEmbeddingError,
    ProviderConfigurationError,
    ProviderError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    TooManyCallsError,
)
from wagtail_vector_search.health import (
    CIRCUIT_IS_OPEN,
    circuit_key,
    get_open_circuit,
    prune_events,
    record_outage,
    record_query_failure,
)
from wagtail_vector_search.health.breaker import CIRCUIT_KEY
from wagtail_vector_search.health.policy import FAILURE_SECONDS
from wagtail_vector_search.models import SearchEvent

pytestmark = pytest.mark.django_db

CONFIGURATION = {"provider": "path.of.Provider", "model": "m"}
KEY = circuit_key(CONFIGURATION)


def circuit_is_open():
    """What the statement of a search says, which must be what Python says."""
    value = """'{"provider": "path.of.Provider", "model": "m"}'::jsonb"""
    with connection.cursor() as cursor:
        events = connection.ops.quote_name(SearchEvent._meta.db_table)
        cursor.execute("SELECT " + CIRCUIT_IS_OPEN.format(events=events, configuration=value))
        (answer,) = cursor.fetchone()
    assert answer == bool(get_open_circuit(KEY, for_searches=True))
    return answer


def wait(seconds):
    """Let time pass: make what has been recorded so much older."""
    past = timedelta(seconds=seconds)
    SearchEvent.objects.update(created_at=F("created_at") - past, expires_at=F("expires_at") - past)


def fail(error, times=1):
    for _ in range(times):
        record_query_failure(KEY, error)


def test_three_failures_open_the_circuit_and_two_do_not():
    fail(ProviderUnavailableError("500"), 2)
    assert not circuit_is_open()
    fail(ProviderUnavailableError("500"))
    assert circuit_is_open()


def test_the_circuit_closes_when_the_failures_are_old():
    fail(ProviderUnavailableError("500"))
    wait(20)
    fail(ProviderUnavailableError("500"), 2)
    circuit = get_open_circuit(KEY)
    assert circuit
    assert 9 <= circuit.seconds <= 10  # when the oldest has run out
    wait(10)
    assert not circuit_is_open()


@pytest.mark.parametrize("error", [ProviderConfigurationError("401"), DimensionsError("384")])
def test_one_failure_that_every_call_would_repeat_opens_the_circuit(error):
    fail(error)
    assert circuit_is_open()


def test_the_circuit_stays_open_as_long_as_the_provider_asks():
    fail(ProviderUnavailableError("429", retry_after=7))
    circuit = get_open_circuit(KEY)
    assert circuit
    assert 6 <= circuit.seconds <= 7


def test_a_provider_that_asks_for_a_day_is_asked_again_after_ten_minutes():
    fail(ProviderUnavailableError("429", retry_after=86400))
    circuit = get_open_circuit(KEY)
    assert circuit
    assert circuit.seconds <= MAX_RETRY_AFTER


@pytest.mark.parametrize("error", [ProviderError("400"), BatchTooLargeError("long"), InvalidEmbeddingError("NaN")])
def test_odd_queries_cannot_open_the_circuit(error):
    fail(error, 10)
    assert not circuit_is_open()


def test_calls_that_were_not_made_are_not_recorded():
    fail(TooManyCallsError(), 10)
    record_outage(KEY, TooManyCallsError())
    assert not SearchEvent.objects.exists()


def test_missed_deadlines_of_searches_do_not_keep_documents_from_the_provider():
    fail(ProviderTimeoutError("slow"), 3)
    assert circuit_is_open()
    assert get_open_circuit(KEY) is None


def test_an_outage_that_indexing_has_proved_opens_the_circuit_for_searches():
    record_outage(KEY, ProviderTimeoutError("hangs"))
    assert circuit_is_open()
    circuit = get_open_circuit(KEY)
    assert circuit
    assert circuit.detail == "ProviderTimeoutError: hangs"
    assert circuit.seconds <= FAILURE_SECONDS


@pytest.mark.parametrize(
    "configuration",
    [
        CONFIGURATION,
        {},
        {"provider": "path.of.Provider"},
        {"model": "m"},
        {"provider": None, "model": None},
        {"provider": "", "model": ""},
        {"provider": "path.of.Provider", "model": "Модель 🚢 " * 30},
        {"provider": "p" * 300, "model": "m"},
        {"provider": "it's", "model": 'a "quoted" % {model}'},
    ],
)
def test_python_and_sql_build_the_same_key(configuration):
    key = CIRCUIT_KEY.format(configuration="%(value)s::jsonb")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}", {"value": json.dumps(configuration)})
        assert cursor.fetchone() == (circuit_key(configuration),)


def test_another_model_has_a_circuit_of_its_own():
    fail(ProviderConfigurationError("401"))
    assert get_open_circuit(circuit_key({"provider": "path.of.Provider", "model": "other"}), for_searches=True) is None


def test_errors_are_kept_whole_in_any_language_and_without_what_postgresql_refuses():
    message = "Модель перегружена 🚢 模型过载 " * 300
    fail(ProviderUnavailableError(message + "\x00\ud800"))
    assert SearchEvent.objects.get().detail == f"ProviderUnavailableError: {message.strip()}"


def test_old_rows_are_deleted_and_those_that_count_are_kept():
    fail(ProviderUnavailableError("500"), 3)
    prune_events()
    assert circuit_is_open()
    wait(2 * 24 * 60 * 60)
    fail(ProviderUnavailableError("500"))
    prune_events()
    assert SearchEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_old_rows_are_deleted_where_a_package_listens_to_every_deletion():
    """As django-easy-audit and django-tenants do: Django reads the rows first, and a lock needs a transaction."""

    def listener(**kwargs):
        pass

    post_delete.connect(listener)
    try:
        fail(ProviderUnavailableError("500"))
        wait(2 * 24 * 60 * 60)
        prune_events()
    finally:
        post_delete.disconnect(listener)
    assert not SearchEvent.objects.exists()


def test_failures_of_the_time_after_a_clock_was_set_back_do_not_count():
    """They would for as long as the clock was set back by."""
    fail(ProviderConfigurationError("401"), 3)
    assert circuit_is_open()
    wait(-60 * 60)
    assert not circuit_is_open()
    fail(ProviderConfigurationError("401"))
    assert circuit_is_open()


def test_where_nothing_can_be_read_or_written_the_circuit_is_closed_and_nothing_is_raised(caplog):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {SearchEvent._meta.db_table} RENAME TO elsewhere")
    fail(ProviderConfigurationError("401"))
    assert get_open_circuit(KEY) is None
    assert "does not exist" in caplog.text
