"""States, reasons and errors in an editor's words."""

from __future__ import annotations

import pytest

from wagtail_vector_search import exceptions
from wagtail_vector_search.admin.wording import (
    describe_degraded,
    describe_error,
    describe_state,
    reason_label,
    state_label,
)
from wagtail_vector_search.models import Entry
from wagtail_vector_search.models.entries import SkipReason
from wagtail_vector_search.retrieval.values import DegradedReason

#: What an editor need not know.
JARGON = ("embed", "vector", "chunk", "provider", "token", "hybrid", "term", "generation", "HTTP", "Error")


def sentences():
    yield from (describe_state(state) for state in Entry.State)
    yield from (describe_state("skipped", reason) for reason in SkipReason)


def test_every_state_and_reason_has_words_of_its_own():
    assert len({state_label(state) for state in Entry.State}) == len(Entry.State)
    assert len({reason_label(reason) for reason in SkipReason}) == len(SkipReason)
    assert len({describe_state("skipped", reason).sentence for reason in SkipReason}) == len(SkipReason)


def test_every_reason_for_words_alone_has_a_sentence():
    assert len({describe_degraded(reason) for reason in DegradedReason}) == len(DegradedReason)


@pytest.mark.parametrize(
    "error",
    [cls for cls in vars(exceptions).values() if isinstance(cls, type) and issubclass(cls, exceptions.ProviderError)],
)
def test_every_failure_of_a_provider_is_told_without_its_message(error):
    told = describe_error(f"{error.__name__}: HTTP 500 at the provider (client.py, line 3)")
    assert "500" not in told
    assert "service" in told
    assert told != describe_error("ValueError: x")


def test_no_sentence_has_words_of_engineers():
    told = [words.label + words.sentence for words in sentences()]
    told += [describe_degraded(reason) for reason in DegradedReason]
    told += [describe_error(f"{name}: x") for name in vars(exceptions)]
    assert not [(word, text) for text in told for word in JARGON if word.lower() in text.lower()]


def test_a_page_that_waits_for_a_provider_is_found_by_its_words():
    words = describe_state("pending", last_error="ProviderUnavailableError: HTTP 503")
    assert words.sentence.startswith("For now, visitors find this page by its words only")
    assert words.technical == "ProviderUnavailableError: HTTP 503"


@pytest.mark.parametrize("state", [None, "", "from another version"])
def test_a_page_without_a_known_state_has_words_too(state):
    assert describe_state(state).label == "Not seen yet"


@pytest.mark.parametrize("error", ["", "The page has no row in the table of its type.", "x" * 10_000, "KeyError: 'a'"])
def test_an_unknown_error_has_words(error):
    assert "could not be read" in describe_error(error)
