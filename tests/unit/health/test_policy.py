"""What an error says about who is at fault, and what each kind of caller does about it."""

from pathlib import Path

import pytest

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
from wagtail_vector_search.health import BULK, SEARCH, WORKER, judge
from wagtail_vector_search.health.policy import CIRCUIT_LIMIT, FAILURE_SECONDS

BUSY = ProviderUnavailableError("429", retry_after=7)
DOWN = ProviderUnavailableError("500")


@pytest.mark.parametrize(
    ("error", "blame", "certain", "may_pass", "weight"),
    [
        (ProviderConfigurationError("401"), "provider", True, False, CIRCUIT_LIMIT),
        (BUSY, "provider", True, False, CIRCUIT_LIMIT),
        (DOWN, "provider", False, True, 1),
        (ProviderTimeoutError("slow"), "provider", False, True, 1),
        (TooManyCallsError(), "process", True, False, 0),
        (DimensionsError("384"), "provider", False, True, CIRCUIT_LIMIT),
        (BatchTooLargeError("413"), "batch", False, False, 0),
        (InvalidEmbeddingError("NaN"), "text", False, False, 0),
        (ProviderError("400"), "text", False, False, 0),
    ],
)
def test_every_error_has_a_verdict_and_a_weight_in_searches(error, blame, certain, may_pass, weight):
    verdict = judge(error)
    assert (verdict.blame, verdict.certain, verdict.may_pass) == (blame, certain, may_pass)
    assert SEARCH.weight(verdict) == weight


@pytest.mark.parametrize("policy", [WORKER, BULK])
@pytest.mark.parametrize("error", [DOWN, BUSY, InvalidEmbeddingError("NaN"), ProviderError("400")])
def test_one_failure_that_the_harmless_sentence_has_proved_opens_the_circuit(policy, error):
    assert policy.weight(judge(error)) == CIRCUIT_LIMIT


def test_searches_open_the_circuit_at_as_many_failures_as_their_policy_says():
    assert SEARCH.weight(judge(DOWN)) * SEARCH.opens_circuit_at == CIRCUIT_LIMIT


@pytest.mark.parametrize(("asked", "waited"), [(0, 0), (-5, 0), (7, 7), (86400, MAX_RETRY_AFTER), (None, None)])
def test_a_provider_can_ask_for_ten_minutes_at_most(asked, waited):
    assert judge(ProviderUnavailableError("429", retry_after=asked)).retry_after == waited


@pytest.mark.parametrize("policy", [SEARCH, WORKER])
@pytest.mark.parametrize("error", [DOWN, BUSY])
def test_searches_and_workers_never_sleep(policy, error):
    assert policy.pause(0, judge(error)) is None


def test_a_bulk_run_waits_twice_as_long_each_time_and_then_gives_up():
    assert BULK.pause(BULK.max_retries, judge(DOWN)) is None
    for retries in range(BULK.max_retries):
        pause = BULK.pause(retries, judge(DOWN))
        assert pause is not None
        assert 2**retries <= pause <= 2**retries * 1.5


def test_a_bulk_run_never_comes_back_earlier_than_the_provider_asks():
    pauses = [BULK.pause(0, judge(BUSY)) or 0 for _ in range(100)]
    assert 7 <= min(pauses) < max(pauses) <= 7 * 1.5


def test_the_documentation_has_the_numbers_of_every_policy():
    page = (Path(__file__).resolve().parents[3] / "docs" / "explanation" / "reliability.md").read_text()
    for caller, policy in (("search", SEARCH), ("worker", WORKER), ("bulk run", BULK)):
        failures = "1 failure" if policy.opens_circuit_at == 1 else f"{policy.opens_circuit_at} failures"
        row = f"| {caller} | {policy.max_retries} times | {policy.longest_wait:.0f} seconds | {failures} |"
        assert row in page
    assert f"{FAILURE_SECONDS:.0f} seconds" in page
    assert f"longer than {MAX_RETRY_AFTER:.0f} seconds" in page
