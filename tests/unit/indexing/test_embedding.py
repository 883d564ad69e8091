"""Whose fault a failure is: a text's, or the provider's."""

from dataclasses import replace

import numpy as np
import pytest

from wagtail_vector_search.exceptions import (
    BatchTooLargeError,
    InvalidEmbeddingError,
    ProviderConfigurationError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    TooManyCallsError,
)
from wagtail_vector_search.health import BULK
from wagtail_vector_search.indexing.embedding import CONTROL, embed_texts
from wagtail_vector_search.providers import DeterministicProvider


class Provider(DeterministicProvider):
    """Fails as ``refuse`` says."""

    def __init__(self, refuse=lambda _: None, batch_size=8):
        super().__init__(options={"batch_size": batch_size})
        self.refuse = refuse

    def _embed(self, texts, *, kind):
        if error := self.refuse(texts):
            self.calls += 1
            raise error
        return super()._embed(texts, kind=kind)


def embed(provider, texts, **options):
    return embed_texts(provider, texts, dimensions=256, **options)


def refuse_poison(texts):
    return InvalidEmbeddingError("NaN") if any("poison" in text for text in texts) else None


def test_every_text_gets_its_own_vector():
    provider = Provider(batch_size=3)
    texts = [f"text {number}" for number in range(7)]
    embedded = embed(provider, texts)
    assert provider.calls == 3
    assert sorted(embedded.vectors) == list(range(7))
    assert np.array_equal(embedded.vectors[5], DeterministicProvider().embed_documents(["text 5"])[0])


def test_nothing_to_embed_costs_nothing():
    provider = Provider()
    assert embed(provider, []).vectors == {}
    assert provider.calls == 0


@pytest.mark.parametrize("position", [0, 3, 7])
def test_a_text_at_fault_is_found_and_the_others_are_embedded(position):
    texts = [f"text {number}" for number in range(8)]
    texts[position] = "poison"
    embedded = embed(Provider(refuse_poison), texts)
    assert set(embedded.errors) == {position}
    assert set(embedded.vectors) == set(range(8)) - {position}
    assert embedded.outage is None


def test_finding_a_text_at_fault_costs_few_calls():
    provider = Provider(refuse_poison, batch_size=64)
    embed(provider, [*(f"text {number}" for number in range(63)), "poison"])
    assert provider.calls <= 2 * 6 + 2


def test_a_provider_that_fails_on_every_page_is_at_fault_itself():
    embedded = embed(Provider(lambda _: InvalidEmbeddingError("NaN")), ["one", "two", "three"])
    assert embedded.errors == {}
    assert isinstance(embedded.outage, InvalidEmbeddingError)


def test_a_provider_that_fails_on_everything_is_asked_twice_and_not_once_a_text():
    provider = Provider(lambda _: InvalidEmbeddingError("NaN"))
    embed(provider, ["one", "two", "three", "four"])
    assert provider.calls == 2


def test_texts_that_are_all_at_fault_are_charged_because_the_provider_can_do_others():
    embedded = embed(Provider(refuse_poison), ["poison 1", "poison 2"])
    assert set(embedded.errors) == {0, 1}
    assert embedded.outage is None


def crash_on_poison(texts):
    return ProviderUnavailableError("500") if any("poison" in text for text in texts) else None


def test_a_text_that_crashes_the_service_is_found_and_the_others_are_embedded():
    texts = [*(f"text {number}" for number in range(7)), "poison"]
    embedded = embed(Provider(crash_on_poison), texts)
    assert set(embedded.errors) == {7}
    assert set(embedded.vectors) == set(range(7))
    assert embedded.outage is None


def test_a_service_that_stumbles_once_charges_no_text():
    errors = [ProviderUnavailableError("503")]
    embedded = embed(Provider(lambda texts: errors.pop() if errors and "one" in texts else None), ["one"])
    assert (set(embedded.vectors), embedded.errors, embedded.outage) == ({0}, {}, None)


def test_a_service_that_goes_down_on_the_way_is_at_fault():
    asked = []

    def refuse(texts):
        asked.append(texts)
        return InvalidEmbeddingError("NaN") if len(asked) == 1 else ProviderUnavailableError("500")

    embedded = embed(
        Provider(lambda texts: None if texts == [CONTROL] and len(asked) < 2 else refuse(texts)), ["a", "b"]
    )
    assert str(embedded.outage) == "500"
    assert embedded.errors == {}


@pytest.mark.parametrize(
    "error",
    [
        ProviderUnavailableError("429", retry_after=7),
        ProviderConfigurationError("401"),
        TooManyCallsError(),
    ],
)
def test_an_outage_ends_the_run_and_charges_no_text(error):
    provider = Provider(lambda texts: error if "late" in texts else None, batch_size=1)
    embedded = embed(provider, ["early", "late", "later"])
    assert set(embedded.vectors) == {0}
    assert embedded.errors == {}
    assert embedded.outage is error
    assert provider.calls == 2


@pytest.mark.parametrize("most", [1, 2, 5])
def test_a_batch_that_is_too_large_is_halved_without_asking_for_the_harmless_sentence(most):
    texts = [f"text {number}" for number in range(8)]
    provider = Provider(lambda texts: BatchTooLargeError() if len(texts) > most else None)
    embedded = embed(provider, texts)
    assert (set(embedded.vectors), embedded.errors, embedded.outage) == (set(range(8)), {}, None)
    assert CONTROL not in provider.texts


def test_a_text_that_is_too_long_by_itself_is_charged_and_each_call_is_made_once():
    asked = []

    def refuse(texts):
        asked.append(tuple(texts))
        return BatchTooLargeError() if "long" in texts else None

    embedded = embed(Provider(refuse), ["one", "two", "three", "long"])
    assert (set(embedded.vectors), set(embedded.errors)) == ({0, 1, 2}, {3})
    assert len(set(asked)) == len(asked) == 6  # 4, 2, 2, 1, 1, and the harmless sentence


def in_time_up_to(most):
    """Return what refuses texts as a provider does that takes its time for each of them."""
    return lambda texts: ProviderTimeoutError("no answer") if len(texts) > most else None


def test_a_batch_that_is_not_answered_in_time_is_halved_at_once_and_its_size_is_kept():
    provider, texts = Provider(in_time_up_to(20), batch_size=100), [f"text {number}" for number in range(364)]
    waits: list[float] = []
    embedded = embed(provider, texts, policy=BULK, sleep=waits.append)
    assert sorted(embedded.vectors) == list(range(364))
    assert np.array_equal(embedded.vectors[363], DeterministicProvider().embed_documents(["text 363"])[0])
    assert waits == []
    assert embedded.lost_calls == 3  # of 100, of 50, of 25
    assert embedded.calls == provider.calls
    provider.calls = 0
    again = embed(provider, texts, policy=BULK, sleep=waits.append)
    assert (again.lost_calls, provider.calls) == (0, -(-364 // provider.largest_batch))
    assert provider.largest_batch == 12


def test_a_learnt_size_is_told_once(caplog):
    provider = Provider(in_time_up_to(2))
    for _ in range(2):
        embed(provider, [f"text {number}" for number in range(8)])
    (line,) = [record.getMessage() for record in caplog.records]
    assert 'set OPTIONS["batch_size"] to 2' in line


def test_a_provider_that_answers_nothing_in_time_is_not_halved_further():
    provider = Provider(in_time_up_to(0))
    embedded = embed(provider, [f"text {number}" for number in range(8)])
    assert isinstance(embedded.outage, ProviderTimeoutError)
    assert (embedded.calls, provider.calls) == (2, 2)  # the batch, and the harmless sentence
    assert provider.largest_batch == 8


def test_a_bulk_run_waits_as_long_as_the_provider_asks():
    errors = [ProviderUnavailableError("429", retry_after=7), ProviderUnavailableError("503")]
    waits: list[float] = []
    provider = Provider(lambda _: errors.pop(0) if errors else None)
    embedded = embed(provider, ["one"], policy=replace(BULK, max_retries=2), sleep=waits.append)
    assert set(embedded.vectors) == {0}
    assert 7 <= waits[0] <= 10.5
    assert 2 <= waits[1] <= 3


def test_a_call_is_repeated_no_more_often_than_the_policy_says():
    waits: list[float] = []
    provider = Provider(lambda _: ProviderUnavailableError("503"))
    assert embed(provider, ["one"], policy=replace(BULK, max_retries=3), sleep=waits.append).outage
    assert len(waits) == 3
    assert waits == sorted(waits)


def test_a_bulk_run_stops_when_the_provider_asks_for_a_long_wait():
    waits: list[float] = []
    provider = Provider(lambda _: ProviderUnavailableError("429", retry_after=BULK.longest_wait + 1))
    assert embed(provider, ["one"], policy=replace(BULK, max_retries=3), sleep=waits.append).outage
    assert waits == []


def test_vectors_that_no_row_can_keep_are_the_providers_fault():
    embedded = embed_texts(Provider(), ["one", "two"], dimensions=384)
    assert "256 dimensions" in str(embedded.outage)
    assert embedded.vectors == {}
