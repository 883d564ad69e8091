"""Searches that are answered by words alone are counted."""

import pytest

from wagtail_vector_search.health import count_degraded
from wagtail_vector_search.health.degraded import WRITE_SECONDS
from wagtail_vector_search.models import SearchEvent

pytestmark = pytest.mark.django_db


def written():
    return list(SearchEvent.objects.order_by("pk").values_list("subject", "reason", "weight"))


def test_the_first_degraded_search_is_written_at_once_and_the_rest_once_a_second():
    now = [100.0]
    for _ in range(50):
        count_degraded("default", "deadline", lambda: now[0])
    assert written() == [("default", "deadline", 1)]
    now[0] += WRITE_SECONDS
    count_degraded("default", "deadline", lambda: now[0])
    assert written() == [("default", "deadline", 1), ("default", "deadline", 50)]


def test_every_index_and_reason_is_counted_separately():
    for index_name, reason in (("default", "deadline"), ("default", "budget"), ("other", "deadline")):
        count_degraded(index_name, reason)
    assert written() == [("default", "deadline", 1), ("default", "budget", 1), ("other", "deadline", 1)]
