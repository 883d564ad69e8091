"""How long an entry waits before it is tried again."""

from pathlib import Path

import pytest

from wagtail_vector_search.indexing.entry_states import PAGE_FAULTS, PROVIDER_FAULTS, RetryPolicy

POLICIES = [PAGE_FAULTS, PROVIDER_FAULTS]
#: Without the random share.
PLAIN = RetryPolicy(first=30, longest=900, attempts=8, jitter=0)


def test_waits_double_up_to_the_longest():
    assert [PLAIN.wait(attempts) for attempts in range(1, 8)] == [30, 60, 120, 240, 480, 900, 900]


def test_a_provider_is_waited_for_as_long_as_it_asks():
    assert PLAIN.wait(1, asked=200) == 200
    assert PLAIN.wait(4, asked=200) == 240


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("attempts", [1, 2, 8, 100, 10_000_000])
@pytest.mark.parametrize("asked", [0, 7, 86_400, 1e12, float("inf")])
def test_no_wait_exceeds_the_longest(policy, attempts, asked):
    assert 0 < policy.wait(attempts, asked) <= policy.longest


@pytest.mark.parametrize("policy", POLICIES)
def test_the_longest_wait_is_reached_before_an_entry_is_given_up(policy):
    assert policy.first * 2.0 ** min(policy.attempts - 2, 100) >= policy.longest


def test_entries_that_failed_together_do_not_come_back_together():
    waits = {PAGE_FAULTS.wait(3) for _ in range(50)}
    assert len(waits) > 40
    assert max(waits) - min(waits) > 10


@pytest.mark.parametrize("name", ["how-it-works.md", "reliability.md"])
def test_the_documentation_names_the_bounds(name):
    text = " ".join((Path(__file__).parents[3] / "docs" / "explanation" / name).read_text().split())
    assert f"{PAGE_FAULTS.attempts} attempts" in text
    for policy in POLICIES:
        assert f"{policy.first:g} seconds to {policy.longest / 60:g} minutes" in text
