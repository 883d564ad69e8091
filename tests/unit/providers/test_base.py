"""What every provider does for its subclass: batches, checks, halves, and lets no secret out."""

import logging
import pickle
import threading
import traceback

import numpy as np
import pytest

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
from wagtail_vector_search.providers import BaseEmbeddingProvider, base

TEXT = "The merger with Initech will be announced on Friday"


class Scripted(BaseEmbeddingProvider):
    """Answers what a test tells it to, or one row of threes and fours a text."""

    known_options = (*BaseEmbeddingProvider.known_options, "api_key")

    def __init__(self, answer=None, **options):
        super().__init__("model-x", options)
        self.answer = answer or (lambda texts: [[3.0, 4.0]] * len(texts))
        self.calls = []

    def _embed(self, texts, *, kind):
        self.calls.append((kind, list(texts)))
        return self.answer(texts)


def raising(error):
    def answer(texts):
        raise error

    return answer


class TestVectors:
    def test_rows_are_scaled_to_length_one(self):
        np.testing.assert_allclose(Scripted().embed_documents(["a", "b"]), [[0.6, 0.8], [0.6, 0.8]])
        np.testing.assert_allclose(Scripted().embed_query("a"), [0.6, 0.8])

    @pytest.mark.parametrize("scale", [1e-30, 1e30])
    def test_numbers_too_small_or_large_for_half_precision_keep_their_direction(self, scale):
        rows = Scripted(lambda _: [[3 * scale, 4 * scale]]).embed_documents(["a"])
        np.testing.assert_allclose(rows.astype(np.float16), [[0.6, 0.8]], rtol=1e-3)

    def test_queries_and_documents_are_told_apart(self):
        provider = Scripted()
        provider.embed_documents(["a"])
        provider.embed_query("b")
        assert provider.calls == [("document", ["a"]), ("query", ["b"])]

    def test_the_answer_may_be_any_array(self):
        provider = Scripted(lambda texts: np.asfortranarray(np.ones((len(texts), 4), dtype=np.float16)))
        rows = provider.embed_documents(["a", "b", "c"])
        assert (rows.shape, rows.dtype.name, rows.flags.c_contiguous) == ((3, 4), "float32", True)


class TestInvalidAnswers:
    @pytest.mark.parametrize(
        ("answer", "message"),
        [
            ([[1.0, 2.0]], r"Scripted \(model-x\) returned 1 row for 2 texts"),
            ([[1.0, 2.0]] * 3, r"Scripted \(model-x\) returned 3 rows for 2 texts"),
            ([[1.0], [2.0]], r"Scripted \(model-x\) returned vectors of 1 dimensions where 2 are expected"),
            ([[1.0, float("nan")], [1.0, 2.0]], r"Scripted \(model-x\) returned NaN or infinity for text 1 of 2"),
            ([[1.0, 2.0], [1.0, float("inf")]], r"Scripted \(model-x\) returned NaN or infinity for text 2 of 2"),
            ([[1e300, 1.0], [1.0, 2.0]], r"Scripted \(model-x\) returned NaN or infinity for text 1 of 2"),
            ([[1.0, 2.0], [0.0, -0.0]], r"Scripted \(model-x\) returned nothing but zeros for text 2 of 2"),
            ([[1.0, 2.0], [1.0]], r"something that is not 2 rows of equally many numbers"),
            ([["a", "b"], ["c", "d"]], r"something that is not 2 rows of equally many numbers"),
            ([1.0, 2.0], r"an array of shape \(2,\) instead of 2 rows"),
            ([[], []], r"an array of shape \(2, 0\) instead of 2 rows"),
            (None, r"an array of shape \(1,\) instead of 2 rows"),
        ],
    )
    def test_an_invalid_answer_is_refused_with_provider_model_and_both_numbers(self, answer, message):
        with pytest.raises(InvalidEmbeddingError, match=message):
            Scripted(lambda _: answer, dimensions=2).embed_documents(["a", "b"])

    def test_an_invalid_query_vector_is_refused_too(self):
        with pytest.raises(InvalidEmbeddingError, match="for text 1 of 1"):
            Scripted(lambda _: [[float("nan")]]).embed_query("a")

    def test_a_width_that_changes_between_calls_is_refused(self):
        provider = Scripted(lambda texts: [[1.0] * len(texts[0])] * len(texts))
        provider.embed_documents(["abc"])
        with pytest.raises(InvalidEmbeddingError, match="of 4 dimensions where 3 are expected"):
            provider.embed_documents(["abcd"])

    def test_an_invalid_first_answer_teaches_no_width(self):
        answers = iter([[[0.0] * 5], [[1.0] * 3]])
        provider = Scripted(lambda _: next(answers))
        with pytest.raises(InvalidEmbeddingError):
            provider.embed_query("a")
        assert provider.embed_query("a").shape == (3,)


class TestDimensions:
    def test_dimensions_are_learned_by_one_call_when_they_are_not_declared(self):
        provider = Scripted()
        assert (provider.dimensions, provider.dimensions, len(provider.calls)) == (2, 2, 1)

    def test_dimensions_are_learned_from_documents_without_a_call_of_their_own(self):
        provider = Scripted()
        provider.embed_documents(["a"])
        assert (provider.dimensions, len(provider.calls)) == (2, 1)

    def test_dimensions_declared_in_the_options_cost_no_call(self):
        provider = Scripted(dimensions=2)
        assert (provider.dimensions, provider.calls) == (2, [])

    def test_dimensions_declared_on_the_class_cost_no_call_and_are_checked(self):
        class Declared(Scripted):
            dimensions = 3

        provider = Declared()
        assert (provider.dimensions, provider.calls) == (3, [])
        with pytest.raises(InvalidEmbeddingError, match="of 2 dimensions where 3 are expected"):
            provider.embed_query("a")

    def test_a_failed_attempt_to_learn_dimensions_is_made_again(self):
        provider = Scripted(raising(ConnectionError("down")))
        with pytest.raises(ProviderUnavailableError):
            _ = provider.dimensions
        provider.answer = lambda _: [[1.0, 1.0, 1.0]]
        assert provider.dimensions == 3

    def test_a_provider_that_cannot_find_dimensions_out_is_an_error_without_its_key(self):
        class Unmeasurable(Scripted):
            def _load_dimensions(self):
                raise ConnectionError(f"refused {self.options['api_key']} at https://embedder.internal/v1")

        with pytest.raises(ProviderUnavailableError) as caught:
            _ = Unmeasurable(api_key="topsecret").dimensions
        assert "Unmeasurable (model-x)" in str(caught.value)
        assert not [secret for secret in ("topsecret", "embedder") if secret in str(caught.value)]
        assert caught.value.__cause__ is caught.value.__context__ is None

    def test_dimensions_learned_wrongly_are_learned_again(self):
        provider = Scripted(lambda texts: [[1.0, 2.0, 3.0]] * len(texts))
        assert provider.dimensions == 3
        provider.answer = lambda texts: [[3.0, 4.0]] * len(texts)
        with pytest.raises(DimensionsError, match="2 dimensions where 3 are expected"):
            provider.embed_documents(["a"])
        assert provider.embed_documents(["a"]).shape == (1, 2)


class TestDeadlines:
    @pytest.fixture
    def hanging(self):
        release = threading.Event()
        yield lambda _: release.wait(30)
        release.set()

    def test_deadlines_hold_for_every_remote_provider(self, hanging):
        with pytest.raises(ProviderTimeoutError, match=r"0\.05 seconds"):
            Scripted(hanging, timeout=0.05).embed_documents(["a"])

    def test_the_deadline_of_a_query_may_be_shorter(self, hanging):
        with pytest.raises(ProviderTimeoutError, match=r"0\.05 seconds"):
            Scripted(hanging, timeout=20).embed_query("a", timeout=0.05)

    @pytest.mark.parametrize("kind", ["query", "document"])
    def test_missed_deadlines_leave_no_more_threads_behind_than_there_are_slots(self, hanging, monkeypatch, kind):
        monkeypatch.setitem(base._slots, kind, threading.BoundedSemaphore(2))
        provider = Scripted(hanging, timeout=0.01)
        for error in (ProviderTimeoutError, ProviderTimeoutError, TooManyCallsError, TooManyCallsError):
            with pytest.raises(error):
                provider.embed_query("a") if kind == "query" else provider.embed_documents(["a"])
        assert len(provider.calls) == 2


class TestBlankTexts:
    @pytest.mark.parametrize("blank", ["", " ", "\n\t\u00a0"])
    def test_blank_texts_are_refused_with_their_position_before_any_call(self, blank):
        provider = Scripted(batch_size=1)
        with pytest.raises(ValueError, match="Text 2 of 3 is blank"):
            provider.embed_documents(["a", blank, "c"])
        with pytest.raises(ValueError, match="Text 1 of 1 is blank"):
            provider.embed_query(blank)
        assert provider.calls == []

    def test_a_string_in_place_of_a_list_is_refused(self):
        with pytest.raises(TypeError, match="call embed_query"):
            Scripted().embed_documents("not a list")


class TestBatches:
    def plan(self, texts, **options):
        return [texts[batch] for batch in Scripted(**options).plan_batches(texts)]

    def test_batches_hold_no_more_texts_than_allowed(self):
        assert self.plan(list("abcde"), batch_size=2) == [["a", "b"], ["c", "d"], ["e"]]

    def test_batches_hold_no_more_tokens_than_allowed(self):
        texts = ["x" * 39, "y" * 39, "z" * 39]  # 10 tokens each
        assert self.plan(texts, max_batch_tokens=20) == [texts[:2], texts[2:]]
        assert self.plan(texts, max_batch_tokens=19) == [[text] for text in texts]

    def test_a_text_above_the_token_limit_gets_a_call_of_its_own(self):
        texts = ["a", "x" * 1000, "b"]
        assert self.plan(texts, max_batch_tokens=50) == [["a"], ["x" * 1000], ["b"]]

    def test_no_texts_make_no_batches(self):
        assert self.plan([]) == []

    def test_batches_are_sent_as_planned_and_come_back_in_order(self):
        provider = Scripted(lambda texts: [[1.0, float(text)] for text in texts], batch_size=2)
        rows = provider.embed_documents(["1", "2", "3"])
        assert [texts for _, texts in provider.calls] == [["1", "2"], ["3"]]
        np.testing.assert_allclose(rows[:, 1] / rows[:, 0], [1, 2, 3], rtol=1e-6)

    def test_limits_can_be_declared_on_a_subclass(self):
        class Small(Scripted):
            max_batch_size = 1

        assert len(Small().plan_batches(["a", "b"])) == 2
        assert len(Small(batch_size=2).plan_batches(["a", "b"])) == 1

    def test_no_texts_need_no_call_when_dimensions_are_declared(self):
        provider = Scripted(dimensions=7)
        assert provider.embed_documents([]).shape == (0, 7)
        assert provider.calls == []

    @pytest.mark.parametrize(("text", "tokens"), [("", 1), ("x" * 400, 101), ("图" * 100, 76), ("\ud800", 1)])
    def test_tokens_are_estimated_from_bytes(self, text, tokens):
        assert Scripted().count_tokens(text) == tokens


class TestTooLargeBatches:
    def limited_to(self, limit):
        def answer(texts):
            if len(texts) > limit:
                raise BatchTooLargeError
            return [[1.0, float(text)] for text in texts]

        return Scripted(answer)

    def test_batches_that_are_too_large_are_halved_until_they_pass_with_order_kept(self):
        provider = self.limited_to(2)
        rows = provider.embed_documents([str(number) for number in range(1, 8)])
        np.testing.assert_allclose(rows[:, 1] / rows[:, 0], range(1, 8), rtol=1e-6)
        assert [len(texts) for _, texts in provider.calls] == [7, 3, 1, 2, 4, 2, 2]

    def test_a_single_text_that_is_too_large_is_an_error(self):
        with pytest.raises(BatchTooLargeError):
            self.limited_to(0).embed_documents(["1", "2"])


class TestErrors:
    def test_errors_of_the_provider_keep_their_type_and_retry_after(self):
        with pytest.raises(ProviderUnavailableError) as caught:
            Scripted(raising(ProviderUnavailableError("busy", retry_after=7))).embed_query("a")
        assert (str(caught.value), caught.value.retry_after) == ("busy", 7)

    def test_errors_of_any_other_kind_become_provider_errors_with_provider_and_model(self):
        with pytest.raises(ProviderError) as caught:
            Scripted(raising(KeyError("data"))).embed_query("a")
        assert str(caught.value) == "Scripted (model-x): KeyError: 'data'"

    @pytest.mark.parametrize("error", [RuntimeError, ProviderError])
    def test_errors_hold_neither_key_nor_text_in_message_cause_or_traceback(self, error, caplog):
        provider = Scripted(raising(error(f"key my-private-key refused for {TEXT!r}")), api_key="my-private-key")
        with pytest.raises(ProviderError) as caught:
            provider.embed_documents([TEXT])
        with caplog.at_level(logging.ERROR):
            logging.getLogger("test").error("failed", exc_info=caught.value)
        for said in (str(caught.value), "".join(traceback.format_exception(caught.value)), caplog.text):
            assert "refused" in said
            assert "my-private-key" not in said
            assert "Initech" not in said
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)

    def test_errors_of_any_other_kind_show_where_they_came_from(self):
        with pytest.raises(ProviderError) as caught:
            Scripted(raising(RuntimeError("no"))).embed_query("a")
        assert "raise error\nRuntimeError: no" in "".join(caught.value.__notes__)

    def test_errors_can_be_sent_between_processes(self):
        with pytest.raises(ProviderError) as caught:
            Scripted(raising(TimeoutError("slow"))).embed_query("a")
        received = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
        assert str(received) == str(caught.value)

    def test_exceptions_that_stop_the_process_pass_untouched(self):
        with pytest.raises(KeyboardInterrupt):
            Scripted(raising(KeyboardInterrupt())).embed_query("a")


class TestOptions:
    def test_an_unknown_option_is_refused_with_the_known_ones(self):
        with pytest.raises(
            ProviderConfigurationError,
            match=r'Scripted does not know the option "batchsize". '
            r"Known options: api_key, batch_size, dimensions, max_batch_tokens, timeout\.",
        ):
            Scripted(batchsize=3)

    @pytest.mark.parametrize("name", ["batch_size", "dimensions", "max_batch_tokens"])
    @pytest.mark.parametrize("value", [0, -1, 1.5, "10", True])
    def test_a_limit_must_be_a_whole_number_from_one(self, name, value):
        with pytest.raises(ProviderConfigurationError, match=rf'OPTIONS\["{name}"\] must be a whole number from 1'):
            Scripted(**{name: value})

    def test_the_representation_shows_the_model_and_no_option(self):
        assert repr(Scripted(api_key="my-private-key")) == "<Scripted: model-x>"
