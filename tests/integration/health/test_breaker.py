"""When a provider is left alone, and for how long."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from wagtail_vector_search.exceptions import (
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
    IS_LEFT_ALONE,
    get_outage,
    provider_name,
    prune_events,
    record_outage,
    record_query_failure,
)
from wagtail_vector_search.health.breaker import FAILURE_SECONDS, LONGEST_SECONDS
from wagtail_vector_search.models import SearchEvent

pytestmark = pytest.mark.django_db

CONFIGURATION = {"provider": "path.of.Provider", "model": "m"}
PROVIDER = provider_name(CONFIGURATION)


def is_left_alone():
    """What the statement of a search says; it must be the same as what Python says."""
    value = """'{"provider": "path.of.Provider", "model": "m"}'::jsonb"""
    with connection.cursor() as cursor:
        events = connection.ops.quote_name(SearchEvent._meta.db_table)
        cursor.execute("SELECT " + IS_LEFT_ALONE.format(events=events, configuration=value))
        (answer,) = cursor.fetchone()
    assert answer == bool(get_outage(PROVIDER, for_searches=True))
    return answer


def wait(seconds):
    """Let time pass: what has been noted is so much older."""
    past = timedelta(seconds=seconds)
    SearchEvent.objects.update(created_at=F("created_at") - past, expires_at=F("expires_at") - past)


def fail(error, times=1):
    for _ in range(times):
        record_query_failure(PROVIDER, error)


def test_three_failures_are_enough_and_two_are_not():
    fail(ProviderUnavailableError("500"), 2)
    assert not is_left_alone()
    fail(ProviderUnavailableError("500"))
    assert is_left_alone()


def test_it_is_asked_again_when_the_failures_are_old():
    fail(ProviderUnavailableError("500"))
    wait(20)
    fail(ProviderUnavailableError("500"), 2)
    outage = get_outage(PROVIDER)
    assert outage
    assert 9 <= outage.seconds <= 10  # when the oldest has run out
    wait(10)
    assert not is_left_alone()


@pytest.mark.parametrize("error", [ProviderConfigurationError("401"), DimensionsError("384")])
def test_one_failure_is_enough_that_every_call_would_repeat(error):
    fail(error)
    assert is_left_alone()


def test_a_provider_is_left_alone_as_long_as_it_asks():
    fail(ProviderUnavailableError("429", retry_after=7))
    outage = get_outage(PROVIDER)
    assert outage
    assert 6 <= outage.seconds <= 7


def test_but_not_for_a_day():
    fail(ProviderUnavailableError("429", retry_after=86400))
    outage = get_outage(PROVIDER)
    assert outage
    assert outage.seconds <= LONGEST_SECONDS


@pytest.mark.parametrize("error", [ProviderError("400"), BatchTooLargeError("long"), InvalidEmbeddingError("NaN")])
def test_odd_queries_cannot_switch_a_provider_off(error):
    fail(error, 10)
    assert not is_left_alone()


def test_calls_that_were_not_made_say_nothing():
    fail(TooManyCallsError(), 10)
    record_outage(PROVIDER, TooManyCallsError())
    assert not SearchEvent.objects.exists()


def test_what_is_too_slow_for_searches_may_be_quick_enough_for_documents():
    fail(ProviderTimeoutError("slow"), 3)
    assert is_left_alone()
    assert get_outage(PROVIDER) is None


def test_an_outage_that_indexing_has_made_sure_of_is_enough_for_searches():
    record_outage(PROVIDER, ProviderTimeoutError("hangs"))
    assert is_left_alone()
    outage = get_outage(PROVIDER)
    assert outage
    assert outage.detail == "ProviderTimeoutError: hangs"
    assert outage.seconds <= FAILURE_SECONDS


def test_another_model_is_not_left_alone():
    fail(ProviderConfigurationError("401"))
    assert get_outage(provider_name({"provider": "path.of.Provider", "model": "other"}), for_searches=True) is None


def test_errors_are_kept_whole_in_any_language_and_without_what_postgresql_refuses():
    message = "Модель перегружена 🚢 模型过载 " * 300
    fail(ProviderUnavailableError(message + "\x00\ud800"))
    assert SearchEvent.objects.get().detail == f"ProviderUnavailableError: {message.strip()}"


def test_old_rows_are_deleted_and_those_that_count_are_kept():
    fail(ProviderUnavailableError("500"), 3)
    prune_events()
    assert is_left_alone()
    wait(2 * 24 * 60 * 60)
    fail(ProviderUnavailableError("500"))
    prune_events()
    assert SearchEvent.objects.count() == 1


def test_where_nothing_can_be_read_or_written_nobody_is_left_alone_and_nothing_is_raised(caplog):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {SearchEvent._meta.db_table} RENAME TO elsewhere")
    fail(ProviderConfigurationError("401"))
    assert get_outage(PROVIDER) is None
    assert "does not exist" in caplog.text
