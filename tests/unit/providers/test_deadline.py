import contextvars
import threading

import pytest

from wagtail_vector_search.exceptions import ProviderTimeoutError, TooManyCallsError
from wagtail_vector_search.providers.deadline import call_with_deadline


@pytest.fixture
def slots():
    return threading.BoundedSemaphore(1)


def test_the_answer_is_returned(slots):
    assert call_with_deadline(lambda: "answer", 5, slots) == "answer"


def test_an_error_is_raised_as_it_is(slots):
    with pytest.raises(ZeroDivisionError):
        call_with_deadline(lambda: 1 / 0, 5, slots)


def test_a_call_that_hangs_is_left_behind(slots):
    release, done = threading.Event(), threading.Event()

    def hang():
        release.wait(30)
        done.set()

    with pytest.raises(ProviderTimeoutError, match=r"no answer within 0\.05 seconds"):
        call_with_deadline(hang, 0.05, slots)
    assert not done.is_set()
    release.set()
    assert done.wait(5)


def test_a_call_that_hangs_does_not_keep_the_process_alive(slots):
    assert call_with_deadline(lambda: threading.current_thread().daemon, 5, slots)


def test_context_variables_are_those_of_the_caller(slots):
    variable = contextvars.ContextVar[str]("variable")
    variable.set("request 7")
    assert call_with_deadline(variable.get, 5, slots) == "request 7"


def test_a_call_left_behind_keeps_its_slot_until_it_ends(slots):
    release = threading.Event()
    with pytest.raises(ProviderTimeoutError):
        call_with_deadline(lambda: release.wait(30), 0.05, slots)
    with pytest.raises(TooManyCallsError):
        call_with_deadline(lambda: "answer", 5, slots)
    release.set()
    assert slots.acquire(timeout=5)


def test_a_call_that_fails_frees_its_slot(slots):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            call_with_deadline(lambda: 1 / 0, 5, slots)
