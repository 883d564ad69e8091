"""The suite for any provider: ours pass it, and each fault makes a test of it fail."""

from importlib.util import find_spec

import pytest

from wagtail_vector_search.exceptions import ProviderError
from wagtail_vector_search.providers import DeterministicProvider, LLMProvider
from wagtail_vector_search.providers.testing import BaseProviderTests

from . import broken, broken_import

needs_wordllama = pytest.mark.skipif(find_spec("wordllama") is None, reason="wordllama is not installed")


@needs_wordllama
class TestWordLlama(BaseProviderTests):
    def get_provider(self):
        return LLMProvider("wordllama")


@needs_wordllama
class TestWordLlamaWithPrefixes(BaseProviderTests):
    def get_provider(self):
        return LLMProvider("wordllama", {"document_prefix": "passage: ", "query_prefix": "query: ", "batch_size": 3})


class TestDeterministic(BaseProviderTests):
    def get_provider(self):
        return DeterministicProvider()


class TestDeterministicOfAnotherWidth(BaseProviderTests):
    def get_provider(self):
        return DeterministicProvider("small", {"dimensions": 100})


ROWS = "test_documents_are_one_float32_row_each"
QUERY = "test_a_query_is_one_float32_vector"
DIMENSIONS = "test_dimensions_are_a_positive_number_that_stays"
BATCHES = "test_more_texts_than_one_batch_holds_come_back_in_order"
ALONE = "test_a_text_has_the_same_vector_alone_and_in_a_batch_and_order_is_kept"
BLANK = "test_a_blank_text_is_refused"
LONG = "test_a_long_text_and_a_short_one_in_one_batch"

FAULTS = [
    (broken.WrongCount, ROWS),
    (broken.TooMany, ROWS),
    (broken.WrongWidth, ROWS),
    (broken.NotANumber, ROWS),
    (broken.Infinite, ROWS),
    (broken.Zeros, ROWS),
    (broken.Ragged, ROWS),
    (broken.Nothing, ROWS),
    (broken.Flat, ROWS),
    (broken.Doubles, ROWS),
    (broken.ColumnMajor, ROWS),
    (broken.Doubles, QUERY),
    (broken.QueryAsRow, QUERY),
    (broken.EmptyIsFlat, "test_no_documents_give_no_rows"),
    (broken.DimensionsChange, DIMENSIONS),
    (broken.NoDimensions, DIMENSIONS),
    (broken.NameChanges, "test_model_id_is_a_name_that_stays"),
    (broken.DependsOnInstance, "test_the_same_text_gives_the_same_vector"),
    (broken.Reversed, ALONE),
    (broken.PaddingLeaks, ALONE),
    (broken.BatchesOutOfOrder, BATCHES),
    (broken.IgnoresBatchSize, BATCHES),
    (broken.Constant, "test_different_texts_have_different_vectors"),
    (broken.Words, "test_similar_texts_are_nearer_than_dissimilar_ones"),
    (broken.QueriesApart, "test_similar_texts_are_nearer_than_dissimilar_ones"),
    (broken.EnglishOnly, "test_many_languages_and_scripts"),
    (broken.ChokesOnOddText, "test_very_short_and_odd_texts"),
    (broken.ChokesOnLongText, LONG),
    (broken.PaddingLeaks, LONG),
    (broken.EmbedsBlanks, BLANK),
    (broken.EmbedsBlankQueries, BLANK),
    (broken.OneThreadOnly, "test_threads_share_one_provider"),
    (broken.CountsNoTokens, "test_token_counts_are_positive_and_grow"),
    (broken_import.EagerProvider, "test_importing_the_provider_imports_no_heavy_library"),
]


def suite_for(provider_class):
    class Suite(BaseProviderTests):
        def get_provider(self):
            return provider_class()

    return Suite()


@pytest.mark.parametrize(("provider_class", "test"), FAULTS, ids=lambda value: getattr(value, "__name__", None))
def test_the_suite_catches(provider_class, test):
    getattr(suite_for(DeterministicProvider), test)()
    with pytest.raises((AssertionError, ProviderError)):
        getattr(suite_for(provider_class), test)()


def test_every_test_of_the_suite_catches_some_fault():
    tests = {name for name in dir(BaseProviderTests) if name.startswith("test_")}
    assert tests == {test for _, test in FAULTS}


def test_a_suite_without_a_provider_says_what_to_define():
    class Suite(BaseProviderTests):
        pass

    with pytest.raises(NotImplementedError, match=r"Suite must define get_provider\(\)"):
        Suite().test_no_documents_give_no_rows()
