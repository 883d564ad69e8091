import contextvars
import threading

import pytest

from wagtail_vector_search.exceptions import ProviderUnavailableError
from wagtail_vector_search.providers.deadline import call_with_deadline


def test_the_answer_is_returned():
    assert call_with_deadline(lambda: "answer", 5) == "answer"


def test_an_error_is_raised_as_it_is():
    with pytest.raises(ZeroDivisionError):
        call_with_deadline(lambda: 1 / 0, 5)


def test_a_call_that_hangs_is_left_behind():
    release, done = threading.Event(), threading.Event()

    def hang():
        release.wait(30)
        done.set()

    with pytest.raises(ProviderUnavailableError, match=r"no answer within 0\.05 seconds"):
        call_with_deadline(hang, 0.05)
    assert not done.is_set()
    release.set()
    assert done.wait(5)


def test_a_call_that_hangs_does_not_keep_the_process_alive():
    assert call_with_deadline(lambda: threading.current_thread().daemon, 5)


def test_context_variables_are_those_of_the_caller():
    variable = contextvars.ContextVar[str]("variable")
    variable.set("request 7")
    assert call_with_deadline(variable.get, 5) == "request 7"
