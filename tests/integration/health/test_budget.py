"""How many calls to the provider the searches of a minute may cause."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from wagtail_vector_search.conf import IndexSettings
from wagtail_vector_search.health import forget_calls, take_call
from wagtail_vector_search.health.budget import BLOCK_SECONDS, MINUTE, REFUSAL_SECONDS
from wagtail_vector_search.models import SearchEvent

pytestmark = pytest.mark.django_db


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def budget(site=None, process=None, index_name="default"):
    return IndexSettings(index_name=index_name, query_calls_per_minute=site, query_calls_per_minute_per_process=process)


def take(number, settings, clock):
    return sum(take_call(settings, clock) for _ in range(number))


def test_a_process_has_its_own_budget(clock):
    assert take(10, budget(process=4), clock) == 4


def test_the_budget_of_a_process_comes_back_after_a_minute(clock):
    take(10, budget(process=4), clock)
    clock.now += MINUTE - 1
    assert take(10, budget(process=4), clock) == 0
    clock.now += 1
    assert take(10, budget(process=4), clock) == 4


def test_the_site_has_one_budget_for_all_processes(clock):
    assert take(3, budget(site=5), clock) == 3
    forget_calls()  # as another process starts
    assert take(10, budget(site=5), clock) == 2


def test_an_index_does_not_use_up_the_budget_of_another(clock):
    assert take(10, budget(site=2), clock) == 2
    assert take(10, budget(site=2, index_name="other"), clock) == 2


def test_no_budget_means_no_call_and_none_no_limit(clock):
    assert take(3, budget(site=0), clock) == take(3, budget(process=0), clock) == 0
    assert take(500, budget(), clock) == 500


def test_a_process_that_was_refused_asks_again_after_a_second(clock, django_assert_num_queries):
    take(5, budget(site=5), clock)
    take_call(budget(site=5), clock)
    SearchEvent.objects.all().delete()
    with django_assert_num_queries(0):
        assert take(20, budget(site=5), clock) == 0
    clock.now += REFUSAL_SECONDS
    assert take(1, budget(site=5), clock) == 1


def test_most_calls_of_a_busy_process_cost_no_statement(clock):
    assert take(400, budget(site=1000), clock) == 400
    assert SearchEvent.objects.count() < 40


def test_a_quiet_process_takes_no_more_than_it_needs(clock):
    for _ in range(5):
        take(1, budget(site=1000), clock)
        clock.now += BLOCK_SECONDS + 1
    assert sum(SearchEvent.objects.values_list("weight", flat=True)) == 5


def test_calls_that_were_not_made_in_time_have_to_be_taken_again(clock):
    take(41, budget(site=1000), clock)
    SearchEvent.objects.all().delete()
    clock.now += BLOCK_SECONDS
    take(1, budget(site=1000), clock)
    assert SearchEvent.objects.count() == 1


def test_where_nothing_can_be_written_the_budget_of_the_process_remains(clock):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {SearchEvent._meta.db_table} RENAME TO elsewhere")
    assert take(10, budget(site=5, process=7), clock) == 7


def test_calls_of_the_time_after_a_clock_was_set_back_do_not_count(clock):
    assert take(10, budget(site=4), clock) == 4
    hour = timedelta(hours=1)
    SearchEvent.objects.update(created_at=F("created_at") + hour, expires_at=F("expires_at") + hour)
    forget_calls()
    assert take(10, budget(site=4), clock) == 4
